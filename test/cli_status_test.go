package test_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// The state of a real node as people and programs see it: ready, lost, found again, and a bootstrap node.
func cliStatus(t *testing.T, c cli) {
	addr := "127.0.0.1:" + freePort(t)
	url := "http://" + addr
	c.run(t, "status", "--url", url).want(t, 1, "connection refused; is the node running, and is this its GP_APIADDR?")
	c.run(t, "status", "--json", "--url", url).want(t, 1, `"ready":false,"error":"`)
	c.run(t, "status", "--url", ":").want(t, 2, "--url: ", "missing protocol scheme")
	c.run(t, "top", "--interval", "1ms").want(t, 2, "want at least 200ms")

	top := c.start(t, "top", "--url", url)
	top.stdout.line(t, callTimeout, "  NO ANSWER  ")
	devnet := []string{"devnet", "--nodes", "3", "--interval", "1s", "--settle", "1s", "--flush", "1s", "--api", addr, "--data", t.TempDir(), "--prices", recording(t)}
	net := c.start(t, devnet...)
	until(t, firstRow, "the node is ready", func() bool { return c.run(t, "status", "--url", url+"/").code == 0 })
	until(t, firstRow, "a row is known", func() bool {
		return strings.Contains(c.run(t, "status", "--url", url).stdout, "last row of round")
	})
	shown := c.run(t, "status", "--url", url).want(t, 0, "  READY  "+url, " of network devnet, up ", "members   3 members", "  self ")
	if strings.Contains(shown.stdout, "\x1b") || shown.stderr != "" {
		t.Errorf("a pipe gets %q, and on stderr %q", shown.stdout, shown.stderr)
	}
	type state struct {
		Ready   bool
		Network api.Network
	}
	if s := decode[state](t, c.run(t, "status", "--json", "--url", url).want(t, 0).stdout); !s.Ready || len(s.Network.Members) != 3 {
		t.Errorf("status --json: %+v", s)
	}
	top.stdout.line(t, callTimeout, "  READY  ")
	if path, err := exec.LookPath("tmux"); err != nil {
		t.Errorf("%v; on Debian: apt-get install tmux", err)
	} else {
		checkTerminal(t, c, path, url)
	}
	net.stop(t, os.Interrupt, 20*time.Second)
	top.stdout.line(t, callTimeout, "LOST for ")
	top.stop(t, os.Interrupt, 5*time.Second)
	c.run(t, "status", "--url", url).want(t, 1)

	boot := c.with("GP_BOOTSTRAP=true", "GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/0", "GP_APIADDR="+addr, "GP_DATADIR="+t.TempDir()).start(t)
	boot.stderr.line(t, callTimeout, "HTTP server started")
	here := c.with("GP_APIADDR=" + addr)
	until(t, callTimeout, "the bootstrap node is ready", func() bool { return here.run(t, "status").code == 0 })
	here.run(t, "status").want(t, 0, "  READY  ", "network   not told: ")
	boot.stop(t, os.Interrupt, 10*time.Second)
}

// checkTerminal runs top in a terminal: it draws in place, follows its size, quits by q and by ctrl-C, and gives the terminal
// back as it was.
func checkTerminal(t *testing.T, c cli, tmux, url string) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "tmux")
	run := func(args ...string) string {
		return finish(t, c.command(t, tmux, append([]string{"-S", socket, "-f", os.DevNull}, args...)...)).want(t, 0).stdout
	}
	run("new-session", "-d", "-x", "110", "-y", "30", "sh")
	defer run("kill-server")
	sees := func(what string, good func(pane string) bool) {
		t.Helper()
		pane := ""
		defer func() {
			if t.Failed() {
				t.Logf("the terminal:\n%s", pane)
			}
		}()
		until(t, callTimeout, what, func() bool {
			pane = run("capture-pane", "-p")
			return good(pane)
		})
	}
	wide := func(pane string) bool {
		return strings.Contains(pane, "  READY  "+url) && strings.Contains(pane, "receives")
	}
	run("send-keys", "PS1='$ '; clear; echo before; "+c.path+" top --url "+url+"; echo rc $?", "Enter")
	sees("a screen with all columns", wide)
	if again := run("capture-pane", "-p"); strings.Count(again, "gossip-price  ") != 1 || strings.Contains(again, "before") {
		t.Errorf("not one screen alone:\n%s", again)
	}
	run("resize-window", "-x", "60", "-y", "12")
	sees("a small screen", func(pane string) bool { return strings.Contains(pane, "READY") && !strings.Contains(pane, "receives") })
	run("resize-window", "-x", "110", "-y", "30")
	sees("a large screen again", wide)
	run("send-keys", "q")
	over := func(pane string) bool {
		return strings.Contains(pane, "before") && strings.Contains(pane, "rc 0") && !strings.Contains(pane, "members")
	}
	sees("what was there before", over)
	file := filepath.Join(t.TempDir(), "pid")
	for _, end := range []func(){
		func() { run("send-keys", "C-c") },
		func() { finish(t, c.command(t, "sh", "-c", "kill -TERM $(cat "+file+")")).want(t, 0) },
	} {
		run("send-keys", "clear; echo before; sh -c 'echo $$ >"+file+"; exec "+c.path+" top --url "+url+"'; echo rc $?; stty -a | grep -o ' echo '", "Enter")
		sees("a screen", wide)
		end()
		sees("what was there before, and keys are shown", func(pane string) bool { return over(pane) && strings.Contains(pane, "\n echo\n") })
	}
}
