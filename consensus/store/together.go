package store

import (
	"context"
	"database/sql"
	"sync"
)

// group lets calls that come while the journal is busy share one transaction, and so one sync of the disk: a node that signs
// many prices at once would else wait for the disk once for each.
type group struct {
	turn sync.Mutex // held by the call that works for all that wait

	mu      sync.Mutex // guards waiting; never held during a transaction
	waiting []*member  // one for each call under way
}

// member is one call of a group. All but its function belongs to whoever has the turn.
type member struct {
	action string
	do     func(context.Context, *sql.Tx) error // may be called twice: what it did the first time was undone
	done   bool
	err    error
}

func (g *group) join(m *member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, m)
}

func (g *group) take() []*member {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := g.waiting
	g.waiting = nil
	return all
}

// together is update, in one transaction with all calls that wait at that moment. If one of them fails, each gets a
// transaction of its own: no call fails for another one's sake.
func (j *Journal) together(ctx context.Context, action string, do func(context.Context, *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return j.explain(action, err)
	}
	ctx = context.WithoutCancel(ctx) // it may work for others
	m := &member{action: action, do: do}
	j.group.join(m)
	j.group.turn.Lock()
	defer j.group.turn.Unlock()
	if m.done {
		return m.err
	}
	all := j.group.take()
	err := j.update(ctx, action, func(ctx context.Context, tx *sql.Tx) error {
		for _, m := range all {
			if err := m.do(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	for _, m := range all {
		if m.err, m.done = err, true; err != nil && len(all) > 1 {
			m.err = j.update(ctx, m.action, m.do)
		}
	}
	return m.err
}
