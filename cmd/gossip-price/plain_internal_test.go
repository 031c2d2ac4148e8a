package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// Whatever a text has, what is printed of it drives no terminal; where it is JSON it means the same, and what is harmless stays.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "",
		"price 3270.54 ÷ naïve\n": "price 3270.54 ÷ naïve\n",
		"/home/юзер\t路":           "/home/юзер\t路",
		"a\x1b[2Jb\r\x07\x7f":     `a\u001b[2Jb\u000d\u0007\u007f`,
		"\u009b31m\u202e":         `\u009b31m\u202e`,
		"\U000e0041":              `\udb40\udc41`,
		"\x9b31m\x1b":             "\ufffd31m" + `\u001b`,
		"\x9b31m":                 "\ufffd31m",
	} {
		if got := printable(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringOfN(rapid.Rune(), 0, 100, -1).Draw(r, "text")
		if got := printable(text); drives(got) {
			r.Errorf("%q: %q", text, got)
		}
		encoded, err := json.Marshal(text)
		if err != nil {
			r.Fatal(err)
		}
		var decoded string
		if err := json.Unmarshal([]byte(printable(string(encoded))), &decoded); err != nil || decoded != text {
			r.Errorf("%q became %q: %v", text, decoded, err)
		}
	})
}

// drives tells whether a text has what a terminal takes for more than a character.
func drives(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\t' })
}

// hostile is what a node may answer that wants the terminal: to clear it, to be its title, to hide what follows.
const hostile = "\\u001b[2J\\u001b]0;owned\\u0007\\r\u009b31m\u202e\x7f"

// hostileNode answers each path with that text wherever there is room for one.
func hostileNode(t *testing.T) string {
	t.Helper()
	const (
		id      = `"0x1a2b3c4d00000000000000000000000000000000000000000000000000000000"`
		address = `"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"`
		moment  = `"2026-01-02T03:00:00.000Z"`
	)
	bad := `"` + hostile + `"`
	proposal := `{"id":` + id + `,"pair":` + bad + `,"price":"3000","first_signer":` + address + `,"observed_time":` + moment +
		`,"signers":[],"refusals":[{"address":` + address + `,"reason":` + bad + `}]}`
	answers := map[string]string{
		"/healthz": `{"status":` + bad + `,"version":` + bad + `}`,
		"/v1/rounds": `{"rounds":[{"round":1767322800,"round_time":` + moment + `,"complete":true,"needed":3,"members":4,"silent":[],"proposals":[` +
			proposal + `]}]}`,
		"/v1/refusals": `{"refusals":[{"id":` + id + `,"pair":` + bad + `,"price":"3000","first_signer":` + address + `,"time":` + moment +
			`,"reason":` + bad + `}]}`,
		"/v1/checks": `{"checks":[{"name":` + bad + `,"state":` + bad + `,"detail":` + bad + `,"meaning":` + bad + `,"remedy":` + bad + `}]}`,
	}
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch answer, ok := answers[r.URL.Path]; {
		case ok:
			fmt.Fprint(w, answer)
		case r.URL.Path == "/readyz":
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, `{"ready":false,"problems":[{"name":`+bad+`,"detail":`+bad+`}]}`)
		default:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"detail":`+bad+`}`)
		}
	}))
	t.Cleanup(node.Close)
	return node.URL
}

// rudeNode answers everything with lines that are not HTTP, or a status and a header with control sequences.
func rudeNode(t *testing.T, answer string) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1<<10))
			_, _ = conn.Write([]byte(answer))
			_ = conn.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

// No command that asks a node lets it drive the terminal, neither by what it answers nor by how it fails.
func TestHostileNode(t *testing.T) {
	t.Parallel()
	nodes := map[string]string{
		"answers": hostileNode(t),
		"status":  rudeNode(t, "HTTP/1.1 500 \x1b[2J\u009b31m\r\nConnection: close\r\n\r\n\x1b[2J\r\x9b31m"),
		"header":  rudeNode(t, "HTTP/1.1 200 OK\r\n\x1b[2J\r\n\r\n"),
		"no HTTP": rudeNode(t, "\x1b[2J\u009b31m\r\n\r\n"),
	}
	for name, url := range nodes {
		for _, args := range [][]string{
			{"why"},
			{"why", "--json"},
			{"why", "1767322800"},
			{"why", "0x1a2b3c4d"},
			{"why", "0x" + strings.Repeat("ab", 32)},
			{"refusals"},
			{"refusals", "--json"},
			{"evidence"},
			{"evidence", "--json"},
			{"status"},
			{"status", "--json"},
			{"healthcheck"},
			{"healthcheck", "--json"},
		} {
			p, stdout, stderr := screenOf(t, false)
			p.run(t.Context(), append(args, "--url", url))
			if out, errors := stdout(), stderr(); drives(out) || drives(errors) || out+errors == "" && args[0] != "healthcheck" {
				t.Errorf("%s, %v: %q, %q", name, args, out, errors)
			}
		}
	}
}

// A proof is somebody's word too.
func TestHostileProof(t *testing.T) {
	t.Parallel()
	p, stdout, stderr := screenOf(t, false)
	p.stdin = strings.NewReader(`{"network":"` + hostile + `","pair":"` + hostile + `"}`)
	code := p.run(t.Context(), []string{"verify", "--signers", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"})
	if code != exitFailure || drives(stdout()) || drives(stderr()) || !strings.Contains(stdout(), "1 failed") {
		t.Errorf("exit code %d: %q, %q", code, stdout(), stderr())
	}
}

// Whatever a proof says, it gets one line, and no line of its own making stands among the verdicts.
func TestProofForgesNoLine(t *testing.T) {
	t.Parallel()
	const forged = `x\nok    0x1a2b3c4d00000000000000000000000000000000000000000000000000000000  ETH-USD 3000`
	whole := map[string]string{
		"id": testID, "network": "n", "pair": "ETH-USD", "price": "3000", "first_signer": alice,
		"round_time": "2026-01-02T03:00:00.000Z", "observed_time": "2026-01-02T03:00:00.000Z", "lastsigned_time": "2026-01-02T03:00:00.000Z",
	}
	for field := range whole {
		for _, args := range [][]string{{}, {"--evidence"}, {"--network", "other"}} {
			var fields []string
			for name, value := range whole {
				if name == field {
					value = forged
				}
				fields = append(fields, fmt.Sprintf(`"%s":"%s"`, name, value))
			}
			p, stdout, stderr := screenOf(t, false)
			p.stdin = strings.NewReader("{" + strings.Join(fields, ",") + "}")
			code := p.run(t.Context(), append([]string{"verify", "--signers", alice}, args...))
			if code != exitFailure || strings.Count(stdout(), "\n") != 2 || strings.Count(stderr(), "\n") != 1 {
				t.Errorf("%s, %v: exit code %d: %q, %q", field, args, code, stdout(), stderr())
			}
		}
	}
}
