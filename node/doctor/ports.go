package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/vitals"
)

const (
	// maxAnswer bounds what is read of a running node's answer, in bytes.
	maxAnswer = 64 << 10
	// askTimeout bounds the question to it. It is on this machine, and answers from memory.
	askTimeout = 3 * time.Second
)

// lookAtNode asks the node that runs on the data folder, if one does.
func lookAtNode(ctx context.Context, p *patient) vitals.Verdict {
	switch {
	case p.lockErr != nil:
		return vitals.Warning("%s", p.lockErr)
	case !p.running:
		return vitals.Well("no node runs on %s", p.cfg.DataDir)
	}
	problems, err := askReady(ctx, p.cfg.APIAddr)
	switch {
	case err != nil:
		return vitals.Warning("a node runs on %s, but does not answer at %s: %s", p.cfg.DataDir, p.cfg.APIAddr, err)
	case len(problems) > 0:
		texts := make([]string, len(problems))
		for i, problem := range problems {
			texts[i] = problem.Name + ": " + problem.Detail
		}
		return vitals.Failing("the node that runs on %s is not ready: %s", p.cfg.DataDir, strings.Join(texts, "; "))
	}
	return vitals.Well("a node runs on %s, and is ready", p.cfg.DataDir)
}

var errNoNode = errors.New("what answers is no node")

// askReady asks a node why it is not ready; nothing, if it is. Whoever else listens there may never answer, or may answer something
// else: that is errNoNode.
func askReady(ctx context.Context, addr string) ([]api.Problem, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+api.Dialable(addr)+"/readyz", http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Ready    *bool         `json:"ready"`
		Problems []api.Problem `json:"problems"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&answer); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoNode, err)
	}
	if answer.Ready == nil {
		return nil, errNoNode
	}
	return answer.Problems, nil
}

// lookAtPorts listens for a moment where the node would. A node that runs has them.
func lookAtPorts(ctx context.Context, p *patient) vitals.Verdict {
	if p.running {
		return vitals.Well("the node that runs has them")
	}
	var taken []string
	note := func(where string, err error) {
		if err != nil {
			taken = append(taken, fmt.Sprintf("%s: %s", where, err))
		}
	}
	for _, a := range p.cfg.ConnectionAddr {
		note("GP_CONNECTIONADDR "+a.String(), listenOn(ctx, a))
	}
	note("GP_APIADDR "+p.cfg.APIAddr, listen(ctx, "tcp", p.cfg.APIAddr))
	if len(taken) > 0 {
		return vitals.Failing("%s", strings.Join(taken, "; "))
	}
	return vitals.Well("free: %d for peers, and %s for HTTP", len(p.cfg.ConnectionAddr), p.cfg.APIAddr)
}

func listenOn(ctx context.Context, a multiaddr.Multiaddr) error {
	transport, _ := multiaddr.SplitFunc(a, func(c multiaddr.Component) bool {
		code := c.Protocol().Code
		return code != multiaddr.P_IP4 && code != multiaddr.P_IP6 && code != multiaddr.P_TCP && code != multiaddr.P_UDP
	})
	network, addr, err := manet.DialArgs(transport)
	if err != nil {
		return err
	}
	return listen(ctx, network, addr)
}

func listen(ctx context.Context, network, addr string) error {
	var l io.Closer
	var err error
	if strings.HasPrefix(network, "udp") {
		l, err = new(net.ListenConfig).ListenPacket(ctx, network, addr)
	} else {
		l, err = new(net.ListenConfig).Listen(ctx, network, addr)
	}
	if err != nil {
		return err
	}
	return l.Close()
}
