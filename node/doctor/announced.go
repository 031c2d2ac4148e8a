package doctor

import (
	"context"
	"net"
	"slices"
	"strings"

	"github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/gossip-price/gossip-price/node/vitals"
)

// lookAtAnnounced compares the addresses that others are told with the one from which the bootstrap nodes see this node come.
func lookAtAnnounced(ctx context.Context, p *patient) vitals.Verdict {
	announced, what := p.cfg.ExternalAddr, "GP_EXTERNALADDR"
	if len(announced) == 0 {
		announced, what = p.cfg.ConnectionAddr, "GP_CONNECTIONADDR"
	}
	ips, err := addresses(ctx, announced)
	if err != nil {
		return vitals.Failing("%s: %s", what, err)
	}
	var texts []string
	for _, ip := range ips {
		texts = append(texts, ip.String())
	}
	told := what + " tells others " + strings.Join(texts, ", ")
	if !slices.ContainsFunc(ips, func(ip net.IP) bool { return !ip.IsLoopback() }) && p.farBootstrap() {
		return vitals.Warning("%s: only this machine itself reaches that", told)
	}
	seen := p.dial().observed
	if len(seen) == 0 {
		return vitals.Well("%s; nobody told how it sees this node", told)
	}
	for _, s := range seen {
		if slices.ContainsFunc(ips, net.ParseIP(s).Equal) {
			return vitals.Well("%s, and bootstrap nodes see it as %s", told, s)
		}
	}
	return vitals.Warning("%s, but bootstrap nodes see it as %s", told, strings.Join(seen, ", "))
}

// farBootstrap tells whether a bootstrap node is on another machine, by its address.
func (p *patient) farBootstrap() bool {
	for _, info := range p.cfg.BootstrapAddr {
		if slices.ContainsFunc(info.Addrs, func(a multiaddr.Multiaddr) bool { return !manet.IsIPLoopback(a) }) {
			return true
		}
	}
	return false
}

// addresses returns the IP addresses of multiaddrs: names are looked up, and unspecified ones are those of all interfaces.
func addresses(ctx context.Context, list []multiaddr.Multiaddr) ([]net.IP, error) {
	var ips []net.IP
	for _, a := range list {
		ip, err := manet.ToIP(a)
		switch {
		case err != nil:
			first, _ := multiaddr.SplitFirst(a)
			found, err := net.DefaultResolver.LookupIP(ctx, "ip", first.Value())
			if err != nil {
				return nil, err
			}
			ips = append(ips, found...)
		case ip.IsUnspecified():
			own, err := manet.InterfaceMultiaddrs()
			if err != nil {
				return nil, err
			}
			for _, o := range own {
				if ip, err := manet.ToIP(o); err == nil {
					ips = append(ips, ip)
				}
			}
		default:
			ips = append(ips, ip)
		}
	}
	return ips, nil
}
