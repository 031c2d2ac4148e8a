package dashboard_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gossip-price/gossip-price/node/dashboard"
)

// unreadable returns the texts of the page whose contrast with what is behind them is below 4.5:1 (WCAG 2.2, 1.4.3).
const unreadable = `(() => {
  const parse = c => { const [r, g, b, a = 1] = c.match(/[\d.]+/g).map(Number); return [r, g, b, a] }
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c } return [255, 255, 255] }
  const found = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let n; n = texts.nextNode();) {
    const e = n.parentElement
    if (!n.data.trim() || !e.checkVisibility() || e.closest('script, noscript')) continue
    const [a, b] = [light(parse(getComputedStyle(e)[e.closest('svg') ? 'fill' : 'color'])), light(ground(e))]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (ratio < 4.5) found.push(n.data.trim() + ' ' + e.className + ' ' + ratio.toFixed(2))
  }
  return found
})()`

// unlabelled returns what a screen reader could not name.
const unlabelled = `[...document.querySelectorAll('table:not(:has(caption)), section:not([aria-labelledby]), svg:not([aria-label]), ' +
  'th:not([scope]), [role=region]:not([aria-label])')].map(e => e.outerHTML.slice(0, 100))
  .concat([...document.querySelectorAll('[aria-labelledby]')].filter(e => !document.getElementById(e.getAttribute('aria-labelledby'))?.textContent.trim())
  .map(e => e.outerHTML.slice(0, 100)))
  .concat([...document.querySelectorAll('[id]')].filter(e => document.querySelectorAll('#' + CSS.escape(e.id)).length > 1).map(e => 'twice: ' + e.id))`

// view is how a page is looked at.
type view struct {
	scheme string
	width  int64
}

// views are those that are looked at: with pictures, all of them.
func views() []view {
	if os.Getenv("TEST_SCREENSHOTS") != "" {
		return []view{{"light", 390}, {"dark", 390}, {"light", 1280}, {"dark", 1280}}
	}
	return []view{{"light", 360}, {"dark", 1280}}
}

// The page is readable on a phone and a screen, light and dark, and labelled. TEST_SCREENSHOTS names a folder for pictures of it.
func TestLooks(t *testing.T) {
	t.Parallel()
	b := browse(t)
	for name, shown := range map[string]*dashboard.Board{
		"four": dashboard.New(healthy(t, 4)), "forty": dashboard.New(healthy(t, 40)),
		"sick": dashboard.New(sick(t)), "hostile": dashboard.New(hostile(t)), "new": dashboard.New(&fake{}),
		"bootstrap": dashboard.NewPlain("Bootstrap node", "v1.4.2", sick(t), func() []string { return []string{"Nodes meet here."} }),
	} {
		server := httptest.NewServer(shown)
		t.Cleanup(server.Close)
		for _, v := range views() {
			b.inspect(t, name, server.URL, v)
		}
	}
	b.calm(t)
}

// inspect looks at one page, with everything unfolded.
func (b *browser) inspect(t *testing.T, name, url string, v view) {
	t.Helper()
	name = fmt.Sprintf("%s-%s-%d", name, v.scheme, v.width)
	b.look(t, url, v.width, v.scheme)
	b.picture(t, name)
	b.run(t, chromedp.Evaluate(`document.querySelectorAll('details').forEach(d => d.open = true)`, nil))
	if wide := evaluate[int64](t, b, `document.documentElement.scrollWidth`); wide > v.width {
		t.Errorf("%s: the page is %d wide", name, wide)
	}
	if found := evaluate[[]string](t, b, unreadable); len(found) > 0 {
		t.Errorf("%s: %d texts of too little contrast: %q", name, len(found), found[:min(len(found), 5)])
	}
	if found := evaluate[[]string](t, b, unlabelled); len(found) > 0 {
		t.Errorf("%s: without a label: %q", name, found)
	}
	if light := evaluate[string](t, b, `getComputedStyle(document.body).backgroundColor`) == "rgb(245, 246, 247)"; light != (v.scheme == "light") {
		t.Errorf("%s: the ground does not follow the scheme", name)
	}
}

// calm expects that the page has asked nobody else, and that the browser found nothing to say.
func (b *browser) calm(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.said) > 0 {
		t.Errorf("the browser says %q", b.said)
	}
	if len(b.requests) == 0 {
		t.Error("no request was noted")
	}
	for _, url := range b.requests {
		if !strings.HasPrefix(url, "http://127.0.0.1:") {
			t.Errorf("the page asks for %s", url)
		}
	}
}

// picture writes the page as it is at first, when pictures are wanted.
func (b *browser) picture(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("TEST_SCREENSHOTS")
	if folder == "" {
		return
	}
	var png []byte
	b.run(t, chromedp.FullScreenshot(&png, 100))
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}
