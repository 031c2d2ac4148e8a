package api

import "net"

// Dialable turns an address to listen on, HOST:PORT, into one to ask: an unspecified host becomes localhost. What is no such
// address stays as it is.
func Dialable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || (ip != nil && ip.IsUnspecified())) {
		return net.JoinHostPort("localhost", port)
	}
	return addr
}
