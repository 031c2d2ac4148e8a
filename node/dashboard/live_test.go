package dashboard_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/dashboard"
)

// turning is a server of a page that can be turned to another one, or be away.
type turning struct {
	now   atomic.Pointer[http.Handler]
	asked chan struct{} // the page was asked for
}

func (h *turning) turn(to http.Handler) { h.now.Store(&to) }

func (h *turning) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" {
		select {
		case h.asked <- struct{}{}:
		default:
		}
	}
	(*h.now.Load()).ServeHTTP(w, r)
}

func serveTurning(t *testing.T, first *fake) (*turning, string) {
	t.Helper()
	h := &turning{asked: make(chan struct{}, 1)}
	h.turn(dashboard.New(first))
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return h, server.URL
}

// The script brings the page up to date in place: what the reader has focused, unfolded and scrolled stays.
func TestLive(t *testing.T) {
	t.Parallel()
	b := browse(t)
	h, url := serveTurning(t, healthy(t, 40))
	b.look(t, url, 390, "light")
	b.run(t, chromedp.Evaluate(`window.same = true;
		window.round = document.querySelectorAll('.rounds details')[1];
		round.querySelector('summary').click();
		window.box = document.querySelector('.matrix .wide'); box.scrollLeft = 77; box.focus();
		window.node = document.querySelector('.members tbody tr:last-child')`, nil))

	next := healthy(t, 40)
	l := next.latest[pair]
	l.Price, l.Stale = parse(t, "2999.99"), true
	next.latest[pair] = l
	newest := next.stories[0]
	newest.Round += 10
	next.stories = append([]api.Story{newest}, next.stories...)
	next.network.Members[39].Version = `<b id="x">v9</b>`
	next.checks[0].State, next.checks[0].Remedy = api.CheckFailing, "Plug it in."
	h.turn(dashboard.New(next))
	b.run(t, until(`document.querySelector('.amount').textContent.includes('2,999.99')`))

	awaited := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	for what, expression := range map[string]string{
		"the page is the same":         `window.same === true`,
		"the title follows":            `document.title.startsWith('(!) ETH-USD 2,999.99')`,
		"what is wrong is there":       `document.querySelector('.health').className.includes('failing') && document.body.textContent.includes('Plug it in.')`,
		"the box is scrolled":          `document.querySelector('.matrix .wide') === box && box.scrollLeft === 77`,
		"the box has the focus":        `document.activeElement === box`,
		"the round is unfolded":        `round.isConnected && round.open`,
		"another round came above it":  `document.querySelectorAll('.rounds details')[2] === round`,
		"no more rounds than before":   `document.querySelectorAll('.rounds details').length === 8`,
		"rounds are keyed once":        `new Set([...document.querySelectorAll('.rounds details')].map(d => d.id)).size === 8`,
		"the newest round is unfolded": `document.querySelector('.rounds details').open`,
		"the one before it is folded":  `!document.querySelectorAll('.rounds details')[1].open`,
		"a node's row is the same":     `node.isConnected`,
		"what nodes say is text":       `node.textContent.includes('<b id="x">v9</b>') && !document.getElementById('x')`,
		"nothing is said to be lost":   `document.getElementById('lost').textContent === ''`,
		"the page is as a new one is": `fetch('/').then(a => a.text()).then(text => {
			const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('main')
			const old = document.querySelector('main').cloneNode(true)
			for (const d of [...old.querySelectorAll('details'), ...fresh.querySelectorAll('details')]) { d.open = false; d.removeAttribute('data-folded-by-reader') }
			return old.isEqualNode(fresh)
		})`,
	} {
		var holds bool
		b.run(t, chromedp.Evaluate(expression, &holds, awaited))
		if !holds {
			t.Errorf("%s: not so", what)
		}
	}
	b.calm(t)
}

// A node that does not answer is said not to; when it is back, the page goes on.
func TestLost(t *testing.T) {
	t.Parallel()
	b := browse(t)
	h, url := serveTurning(t, healthy(t, 4))
	b.look(t, url, 390, "light")
	h.turn(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	b.run(t, until(`document.getElementById('lost').textContent.includes('has not answered since')`),
		chromedp.Evaluate(`window.same = true`, nil))
	h.turn(dashboard.New(sick(t)))
	b.run(t, until(`document.getElementById('lost').textContent === '' && document.querySelector('.health.failing') !== null`))
	if !evaluate[bool](t, b, `window.same`) {
		t.Error("the page was loaded anew")
	}
}

// Without scripts the page says the same and loads itself anew.
func TestWithoutScript(t *testing.T) {
	t.Parallel()
	b := browse(t)
	h, url := serveTurning(t, sick(t))
	b.run(t, emulation.SetScriptExecutionDisabled(true))
	b.look(t, url, 390, "light")
	var text string
	b.run(t, chromedp.Text("main", &text))
	for _, part := range []string{"What to do:", "3,271.36", "did not co-sign prices of", "node 1 receives 38 % of node 3's prices", "as a peer, but not the other way round"} {
		if !strings.Contains(text, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	<-h.asked // as it was opened
	select {
	case <-h.asked:
	case <-time.After(patience):
		t.Error("the page does not load itself anew")
	}
	b.calm(t)
}
