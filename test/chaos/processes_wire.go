package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// bootstrapKey is a public development key, and bootstrapPeer the identity that comes of it; docker-compose.yaml has the same.
const (
	bootstrapKey  = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
	bootstrapPeer = "16Uiu2HAmMUjGmiUhJeiZgu6ZZnLRkE2VViR2JgjqtW9aTZnHQqgg"
)

// prepareDatabase makes a database server that has not started.
func (e *processes) prepareDatabase(ctx context.Context) error {
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	home, err := os.MkdirTemp("", "chaosdb")
	if err != nil {
		return err
	}
	e.home = home
	as, err := unprivileged(home)
	if err != nil {
		return err
	}
	data, secret := filepath.Join(home, "data"), filepath.Join(home, "secret")
	if err := os.WriteFile(secret, []byte(databasePassword+"\n"), 0o644); err != nil { //nolint:gosec // another user reads it, and it is none
		return err
	}
	if _, err := commandAs(ctx, as, filepath.Join(e.postgres, "initdb"), "--pgdata", data, "--username", "postgres",
		"--pwfile", secret, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale"); err != nil {
		return err
	}
	e.add(databaseService, &process{
		command: []string{
			filepath.Join(e.postgres, "postgres"), "-D", data, "-k", home, "-c", "listen_addresses=127.0.0.1",
			"-c", "port=" + strconv.Itoa(port), "-c", "max_connections=200",
		},
		attributes: as, port: port,
	})
	return nil
}

// unprivileged returns how to run a server that refuses to run as root, and gives that user the folder.
func unprivileged(folder string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // nothing special
	}
	other, err := user.Lookup("postgres")
	if err != nil {
		if other, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("find a user for the database: %w", err)
		}
	}
	uid, err := strconv.ParseUint(other.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(other.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(folder, int(uid), int(gid))
}

// migrate makes the database, its tables and the nodes' role.
func (e *processes) migrate(ctx context.Context) error {
	owner := "postgres://postgres:" + databasePassword + "@" + e.database()
	err := poll(ctx, "wait for the database", func() bool { return execute(ctx, owner+"/postgres", "SELECT 1") == nil })
	if err != nil {
		return err
	}
	if err := execute(ctx, owner+"/postgres", "CREATE DATABASE gossip_price"); err != nil {
		return err
	}
	_, err = command(ctx, []string{
		"GP_DATABASEURL=" + owner + "/gossip_price?sslmode=disable", "GP_NODEDATABASEURL=" + nodeDatabaseURL(e.database()),
	}, e.binary, "migrate")
	return err
}

// prepareNodes says how the nodes and the bootstrap node are run.
func (e *processes) prepareNodes(ctx context.Context, w wiring) error {
	addresses, err := roster()
	if err != nil {
		return err
	}
	meeting, err := freePort(ctx)
	if err != nil {
		return err
	}
	for i, service := range everyone() {
		port, err := freePort(ctx)
		if err != nil {
			return err
		}
		environment := []string{
			"GP_NETWORK=chaos", "GP_SIGNERS=" + joined(addresses), fmt.Sprint("GP_MINIMUMSIGNERCOUNT=", clusterQuorum),
			fmt.Sprint("GP_FETCHPRICEINTERVAL=", interval), fmt.Sprint("GP_SETTLEPERIOD=", settle), fmt.Sprint("GP_FLUSHINTERVAL=", flush),
			"GP_LOGFORMAT=json", "GP_DATADIR=" + filepath.Join(e.folder, service), fmt.Sprint("GP_APIADDR=127.0.0.1:", port),
			"CHAOS_CLOCKFILE=" + filepath.Join(e.folder, service, clockFile),
		}
		if service == bootstrapService {
			environment = append(environment, "GP_BOOTSTRAP=true", "GP_PRIVATEKEY="+bootstrapKey,
				fmt.Sprint("GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/", meeting))
		} else {
			environment = append(environment, "GP_PRIVATEKEY="+nodeKeys()[i-1], "GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/0",
				fmt.Sprintf("GP_BOOTSTRAPADDR=/ip4/127.0.0.1/tcp/%d/p2p/%s", meeting, bootstrapPeer),
				"GP_PRICEURL="+w.sources[i-1], "GP_DATABASEURL="+nodeDatabaseURL(w.lines[i-1]))
		}
		e.add(service, &process{command: []string{e.binary}, environment: environment, port: port})
	}
	return nil
}
