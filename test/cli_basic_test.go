package test_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/config"
)

func cliVersion(t *testing.T, c cli) {
	r := c.run(t, "version").want(t, 0)
	if !regexp.MustCompile(`^gossip-price \S+ go1\.\S+ \w+/\w+\n$`).MatchString(r.stdout) {
		t.Errorf("version says %q", r.stdout)
	}
	asJSON := decode[map[string]string](t, c.run(t, "version", "--json").want(t, 0).stdout)
	if want := fmt.Sprintf("gossip-price %s %s %s/%s\n", asJSON["version"], asJSON["go"], asJSON["os"], asJSON["arch"]); want != r.stdout {
		t.Errorf("version says %q, with --json %v", r.stdout, asJSON)
	}
}

// A shell that sources what completion prints completes by it.
func cliCompletion(t *testing.T, c cli) {
	c = c.with("PATH=" + filepath.Dir(c.path) + ":" + os.Getenv("PATH"))
	line := "source <(gossip-price completion bash); COMP_WORDS=(gossip-price devnet --log '') COMP_CWORD=3; _gossip_price; echo ${COMPREPLY[*]}"
	if r := finish(t, c.command(t, "bash", "-c", line)).want(t, 0); r.stdout != "debug info warn error\n" {
		t.Errorf("bash completes to %q", r.stdout)
	}
	c.run(t, "completion", "zsh").want(t, 0, "#compdef gossip-price")
	c.run(t, "completion", "fish").want(t, 0, "complete -c gossip-price")
}

func cliHelp(t *testing.T, c cli) {
	help := c.run(t, "help").want(t, 0, "usage:", "devnet", "GP_SIGNERS", "examples:", "exit codes:", "\nread:\n")
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range config.Settings() {
		if !strings.Contains(help.stdout, s.Name) {
			t.Errorf("no word about %s", s.Name)
		}
	}
	if flag := c.run(t, "--help").want(t, 0); flag != help {
		t.Errorf("--help differs from help:\n%s", flag.stdout)
	}
	listed := regexp.MustCompile(`(?m)^  ([a-z-]+)  `).FindAllStringSubmatch(help.stdout, -1)
	if len(listed) < 10 {
		t.Fatalf("%d commands listed", len(listed))
	}
	for _, match := range listed {
		name := match[1]
		if !strings.Contains(string(readme), "\n    gossip-price "+name) && name != "run" { // which is gossip-price alone
			t.Errorf("the README does not list the command %s", name)
		}
		own := c.run(t, name, "--help").want(t, 0, "usage:", "examples:", "gossip-price")
		if asked := c.run(t, "help", name).want(t, 0); asked != own {
			t.Errorf("help %s differs from %s --help", name, name)
		}
		if own.stderr != "" {
			t.Errorf("help of %s on stderr: %s", name, own.stderr)
		}
	}
}

func cliWrongUsage(t *testing.T, c cli) {
	for line, hint := range map[string]string{
		"nonsense":                        `gossip-price: wrong usage: no command "nonsense"; 'gossip-price help' lists them`,
		"help nonsense":                   "'gossip-price help' lists them",
		"--nonsense":                      "see 'gossip-price run --help'",
		"run now":                         `unexpected "now"`,
		"completion":                      "want 'completion bash', zsh or fish",
		"completion tcsh":                 "want 'completion bash', zsh or fish",
		"help prices now":                 `unexpected "now"`,
		"devnet --nodez 4":                "see 'gossip-price devnet --help'",
		"devnet --nodes 2":                "want 3 to 32",
		"devnet --nodes 33":               "want 3 to 32",
		"devnet --nodes four":             "see 'gossip-price devnet --help'",
		"devnet --interval 1500ms":        "want whole seconds",
		"devnet --flush 0s":               "want whole seconds",
		"devnet --settle 2h":              "at most an hour",
		"devnet --duration -1s":           "is negative",
		"devnet --log loud":               "want debug, info, warn or error; see",
		"devnet now":                      `unexpected "now"`,
		"prices --limit 0":                "--all shows everything",
		"prices --limit 1001":             "want 1 to 1000",
		"prices --pair eth":               "want BASE-QUOTE",
		"prices all":                      `unexpected "all"`,
		"verify":                          "--signers is missing",
		"verify --signers 0x12":           "line 1",
		"verify --signers nowhere":        "takes addresses or a file",
		"verify --signers 0x --quorum 0":  "want at least 1",
		"keygen --out a --from b":         "not both",
		"replay-prices --step 1ms":        "want at least 1s",
		"replay-prices --pair eth":        "want BASE-QUOTE",
		"healthcheck --url :":             "missing protocol scheme",
		"migrate --plan now":              `unexpected "now"`,
		"config --yaml":                   "see 'gossip-price config --help'",
		"version --short":                 "see 'gossip-price version --help'",
		"verify --signers 0x one two":     `unexpected "two"`,
		"prices --follow=maybe --json":    "see 'gossip-price prices --help'",
		"healthcheck --ready http://here": "unexpected",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			r := c.run(t, strings.Fields(line)...).want(t, 2, hint)
			if r.stdout != "" || strings.Count(r.stderr, "\n") != 1 {
				t.Errorf("want one line on stderr\nstdout: %s\nstderr: %s", r.stdout, r.stderr)
			}
			if n := strings.Count(r.stderr, "wrong usage: ") + strings.Count(r.stderr, "invalid option: "); n != 1 {
				t.Errorf("it says %d times that it was asked wrongly: %s", n, r.stderr)
			}
		})
	}
}

// What was asked rightly but could not be done is exit code 1, with one line that says why.
func cliFailures(t *testing.T, c cli) {
	file := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(file, []byte("no database, no key, no recording"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, hint := range map[string]string{
		"prices": "prices.db: no such file",
		"prices --database mysql://u:secret@host/db":                          "postgres://USER:PASSWORD@HOST",
		"prices --database sqlite:" + file:                                    "not an SQLite file",
		"keygen --from nowhere":                                               "nowhere: no such file",
		"keygen --from " + file:                                               "want 64 hex digits",
		"replay-prices --file nowhere":                                        "nowhere: no such file",
		"replay-prices --addr nowhere":                                        "missing port",
		"verify --signers 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 nowhere": "nowhere: no such file",
		"devnet --prices nowhere":                                             "auto, live or a CSV file",
		"devnet --prices " + file:                                             file + ": replay prices: line 1",
		"devnet --prices " + file + " --api 127.0.0.1:1":                      "replay prices: line 1",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			r := c.run(t, strings.Fields(line)...).want(t, 1, hint)
			if strings.Contains(r.stderr, "secret") || strings.Count(r.stderr, "\n") != 1 {
				t.Errorf("want one line without secrets: %s", r.stderr)
			}
		})
	}
}

// A node with a wrong environment says all that is wrong at once, and shows no secret.
func cliEnvironment(t *testing.T, c cli) {
	r := c.with("GP_MINIMUMSIGNERCOUNT=many", "GP_FETCHPRICEINTERVAL=soon", "GP_BOOTSTRAPADR=x", "GP_APIADDR=nowhere",
		"GP_PRIVATEKEY=hunter2", "GP_SIGNERS=0x1234", "GP_LOGLEVEL=loud").run(t).want(t, 1,
		"GP_MINIMUMSIGNERCOUNT=many", "GP_FETCHPRICEINTERVAL=soon", "GP_BOOTSTRAPADR: no such setting; the nearest is GP_BOOTSTRAPADDR",
		"GP_APIADDR=nowhere", "GP_PRIVATEKEY", "GP_SIGNERS=0x1234", "GP_LOGLEVEL=loud")
	if strings.Contains(r.stderr, "hunter2") || strings.Count(r.stderr, "\n") != 8 {
		t.Errorf("want a line for each of 7 faults, without the secret:\n%s", r.stderr)
	}
	for _, command := range []string{"config", "prices", "healthcheck", "migrate"} {
		c.with("GP_FETCHPRICEINTERVAL=soon").run(t, command).want(t, 1, "GP_FETCHPRICEINTERVAL=soon")
	}
}
