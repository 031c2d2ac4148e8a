package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// containers runs the cluster by docker-compose: docker-compose.yaml with compose.yaml on top.
type containers struct {
	project string
	image   string
	compose []string // the command

	folder  string
	network string // on which nodes gossip
	limited bool   // the data folders are file systems of their own
	rooted  bool   // this process may enter a container's network

	mu        sync.Mutex
	ids       map[string]string // of containers, by service
	addresses map[string]string // by service; of those that run
	pids      map[string]int
}

const (
	// userOfImage is who nodes are where this process may give files away.
	userOfImage = 10001
	// folderSize bounds a node's data folder.
	folderSize = "96m"
)

// newContainers finds out what can be done here: root may enter a container's network from outside, and mount.
func newContainers(project, image string, compose []string) *containers {
	e := &containers{project: project, image: image, compose: compose}
	e.limited = os.Geteuid() == 0
	_, noEnter := exec.LookPath("nsenter")
	_, noRoutes := exec.LookPath("ip")
	e.rooted = os.Geteuid() == 0 && noEnter == nil && noRoutes == nil
	return e
}

func (e *containers) docker(ctx context.Context, arguments ...string) (string, error) {
	return command(ctx, nil, "docker", arguments...)
}

func (e *containers) abilities() abilities {
	return abilities{network: e.rooted, unplug: true, disk: e.limited}
}

func (e *containers) prepare(ctx context.Context, folder string) (string, error) {
	e.folder, e.network = folder, e.project+"_gossip"
	e.ids, e.addresses, e.pids = make(map[string]string), make(map[string]string), make(map[string]int)
	for _, service := range everyone() {
		if err := e.makeFolder(ctx, filepath.Join(folder, service)); err != nil {
			return "", err
		}
	}
	if _, err := e.docker(ctx, "network", "create", e.network); err != nil {
		return "", err
	}
	return e.docker(ctx, "network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", e.network)
}

// makeFolder makes a data folder that nodes may write, of limited size if this process may mount.
func (e *containers) makeFolder(ctx context.Context, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return nil
	}
	if e.limited {
		if _, err := command(ctx, nil, "mount", "-t", "tmpfs", "-o", "size="+folderSize, "chaos", folder); err != nil {
			return err
		}
	}
	return os.Chown(folder, userOfImage, userOfImage)
}

func (e *containers) environment(w wiring) ([]string, error) {
	addresses, err := roster()
	if err != nil {
		return nil, err
	}
	user := os.Geteuid()
	if user == 0 {
		user = userOfImage
	}
	environment := []string{
		"GOSSIP_PRICE_IMAGE=" + e.image, "COMPOSE_PROJECT_NAME=" + e.project,
		"DB_PORT=0", "NODE1_PORT=0", "NODE2_PORT=0", "NODE3_PORT=0", "NODE4_PORT=0",
		"CHAOS_SIGNERS=" + joined(addresses), fmt.Sprint("CHAOS_QUORUM=", clusterQuorum),
		fmt.Sprint("CHAOS_INTERVAL=", interval), fmt.Sprint("CHAOS_SETTLE=", settle), fmt.Sprint("CHAOS_FLUSH=", flush),
		"CHAOS_FOLDER=" + e.folder, "CHAOS_NETWORK=" + e.network, fmt.Sprintf("CHAOS_USER=%d", user),
		"CHAOS_KEY5=" + nodeKeys()[4],
	}
	for i := range clusterNodes {
		environment = append(environment, fmt.Sprintf("CHAOS_SOURCE%d=%s", i+1, w.sources[i]),
			fmt.Sprintf("CHAOS_DATABASE%d=%s", i+1, nodeDatabaseURL(w.lines[i])))
	}
	return environment, nil
}

func (e *containers) composed(ctx context.Context, environment []string, arguments ...string) (string, error) {
	all := append(append([]string{}, e.compose[1:]...), "-f", "docker-compose.yaml", "-f", "test/chaos/compose.yaml")
	return command(ctx, environment, e.compose[0], append(all, arguments...)...)
}

func (e *containers) up(ctx context.Context, w wiring) error {
	environment, err := e.environment(w)
	if err != nil {
		return err
	}
	// The database first: the lines to it need its address, and the nodes need them.
	if _, err := e.composed(ctx, environment, "up", "-d", "--no-build", databaseService); err != nil {
		return err
	}
	if err := e.learn(ctx, environment, databaseService); err != nil {
		return err
	}
	if _, err := e.composed(ctx, environment, "up", "-d", "--no-build"); err != nil {
		return err
	}
	for _, service := range everyone() {
		if err := e.learn(ctx, environment, service); err != nil {
			return err
		}
	}
	return nil
}

func (e *containers) learn(ctx context.Context, environment []string, service string) error {
	id, err := e.composed(ctx, environment, "ps", "-q", service)
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.ids[service] = id
	e.mu.Unlock()
	return e.inspect(ctx, service)
}

// inspect learns the address and the process of a service that was started.
func (e *containers) inspect(ctx context.Context, service string) error {
	out, err := e.docker(ctx, "inspect", "-f",
		"{{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", e.id(service))
	if err != nil {
		return err
	}
	pid, address, _ := strings.Cut(out, " ")
	e.mu.Lock()
	defer e.mu.Unlock()
	e.addresses[service] = address
	e.pids[service], err = strconv.Atoi(pid)
	return err
}

func (e *containers) id(service string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ids[service]
}

func (e *containers) address(service string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.addresses[service]
}

func (e *containers) pid(service string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.pids[service]
}

func (e *containers) database() string { return e.address(databaseService) + ":5432" }

func (e *containers) api(service string) string { return "http://" + e.address(service) + ":9000" }

func (e *containers) down(ctx context.Context) error {
	environment, err := e.environment(wiring{sources: make([]string, clusterNodes), lines: make([]string, clusterNodes)})
	if err != nil {
		return err
	}
	_, err = e.composed(ctx, environment, "down", "-v", "--remove-orphans", "--timeout", "5")
	_, removed := e.docker(ctx, "network", "rm", e.network)
	err = errors.Join(err, removed)
	if e.limited {
		for _, service := range everyone() {
			_, unmounted := command(ctx, nil, "umount", filepath.Join(e.folder, service))
			err = errors.Join(err, unmounted)
		}
	}
	return err
}
