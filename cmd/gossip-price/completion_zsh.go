package main

import (
	"fmt"
	"strings"
)

// zshCompletion returns a script that can be sourced, or put into a folder of fpath as _gossip-price.
func zshCompletion(all []completed) string {
	var names, cases strings.Builder
	for _, c := range all {
		fmt.Fprintf(&names, "            %s\n", shellQuote(zshEscape(c.name)+":"+c.summary))
		fmt.Fprintf(&cases, "    %s)\n        _arguments", c.name)
		for _, f := range c.flags {
			spec := "--" + f.name
			if !f.alone {
				spec += "="
			}
			spec += "[" + zshEscape(f.usage) + "]"
			if !f.alone {
				spec += ":value:" + zshAction(f.value)
			}
			fmt.Fprintf(&cases, " \\\n            %s", shellQuote(spec))
		}
		if action := zshAction(c.arguments); action != "" {
			fmt.Fprintf(&cases, " \\\n            %s", shellQuote("1:argument:"+action))
		}
		cases.WriteString(" ;;\n")
	}
	return fmt.Sprintf(`#compdef gossip-price
# zsh completion of gossip-price; in ~/.zshrc, after compinit: source <(gossip-price completion zsh)
_gossip_price() {
    if (( CURRENT == 2 )); then
        local -a commands=(
%s        )
        _describe command commands
        return
    fi
    shift words
    (( CURRENT-- ))
    case $words[1] in
%s    esac
}
if [ "$funcstack[1]" = _gossip-price ]; then # loaded by name from fpath
    _gossip_price
else
    compdef _gossip_price gossip-price
fi
`, names.String(), cases.String())
}

// zshAction returns the action of _arguments that completes the choices.
func zshAction(c choices) string {
	switch {
	case c.files && len(c.words) > 0:
		return "{compadd -- " + strings.Join(c.words, " ") + "; _files}"
	case c.files:
		return "_files"
	case len(c.words) > 0:
		return "(" + strings.Join(c.words, " ") + ")"
	}
	return ""
}

// zshEscape guards what ends a field in the specifications of _arguments and _describe.
func zshEscape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `:`, `\:`).Replace(text)
}
