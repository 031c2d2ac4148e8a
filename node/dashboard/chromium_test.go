package dashboard_test

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds what a browser may take for all of one test, on a busy machine.
const patience = 5 * time.Minute

// browser is a tab of a headless Chromium, and what it said and asked for.
type browser struct {
	ctx context.Context

	mu       sync.Mutex
	said     []string // on the console, violations of the policy too
	requests []string // URLs
}

// browse starts a Chromium for the test. A machine without one fails the test.
func browse(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("%v; on Debian: apt-get install chromium", err)
	}
	options := append([]chromedp.ExecAllocatorOption{},
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.WSURLReadTimeout(time.Minute),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // its sandbox refuses root
	}
	limited, done := context.WithTimeout(context.Background(), patience)
	allocated, stop := chromedp.NewExecAllocator(limited, options...)
	b := &browser{}
	var closeTab context.CancelFunc
	b.ctx, closeTab = chromedp.NewContext(allocated)
	t.Cleanup(func() {
		_ = chromedp.Cancel(b.ctx) // waits for the browser's end
		closeTab()
		stop()
		done()
	})
	chromedp.ListenTarget(b.ctx, b.hear)
	b.run(t, log.Enable(), network.Enable())
	return b
}

// hear notes what the tab tells.
func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		b.said = append(b.said, "console "+string(e.Type))
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		b.said = append(b.said, e.Entry.Text+" "+e.Entry.URL)
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	}
}

func (b *browser) run(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// until waits until an expression of JavaScript is true in the page: for as long as the test may take, not for the 30 s that a poll
// has by itself.
func until(expression string) chromedp.Action {
	return chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(patience))
}

// evaluate returns what an expression of JavaScript is in the page.
func evaluate[T any](t *testing.T, b *browser, expression string) (value T) {
	t.Helper()
	b.run(t, chromedp.Evaluate(expression, &value))
	return value
}

// look opens a page as a screen of a width shows it, light or dark.
func (b *browser) look(t *testing.T, url string, width int64, scheme string) {
	t.Helper()
	b.run(t,
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		chromedp.EmulateViewport(width, 844), chromedp.Navigate(url), chromedp.WaitVisible("footer"))
}
