package main

import (
	"fmt"
	"strings"
)

// bashCompletion returns a script for bash 4 and later: one function, which looks at the command and at the word before.
// Where a file can stand and no word fits, readline completes files by itself.
func bashCompletion(all []completed) string {
	var cases strings.Builder
	var names []string
	for _, c := range all {
		names = append(names, c.name)
		for _, f := range c.flags {
			if !f.alone {
				fmt.Fprintf(&cases, "        %s) %s ;;\n", shellQuote(c.name+" --"+f.name), bashChoices(f.value))
			}
		}
		fmt.Fprintf(&cases, "        %s*) %s flags=%s ;;\n", shellQuote(c.name+" "), bashChoices(c.arguments),
			shellQuote(strings.Join(c.names(), " ")))
	}
	return fmt.Sprintf(`# bash completion of gossip-price; in ~/.bashrc: source <(gossip-price completion bash)
_gossip_price() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= files= flags=
    if [ "$cur" = = ]; then # --flag=VALUE is three words to bash
        cur=
    elif [ "$prev" = = ]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    if [ "$COMP_CWORD" -eq 1 ]; then
        words=%s flags=--help
    else
        case "${COMP_WORDS[1]} $prev" in
%s        esac
    fi
    case "$cur" in
    -*) words=$flags files= ;;
    '') [ -n "$words$files" ] || words=$flags ;;
    esac
    [ -z "$files" ] || compopt -o default 2>/dev/null
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _gossip_price gossip-price
`, shellQuote(strings.Join(names, " ")), cases.String())
}

func bashChoices(c choices) string {
	files := ""
	if c.files {
		files = "yes"
	}
	return "words=" + shellQuote(strings.Join(c.words, " ")) + " files=" + files
}
