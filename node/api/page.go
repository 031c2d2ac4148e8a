package api

import "net/http"

// Paged is a node that shows itself to people.
type Paged interface {
	// Page returns what serves / and /assets/.
	Page() http.Handler
}

// page serves the paths of the node's page. They are for people: /v1/openapi.json has what programs can ask.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	n, able := (*s.node.Load()).(Paged)
	if !able {
		refuse(w, faultf(http.StatusNotFound, "this node has no page: it is starting"))
		return
	}
	n.Page().ServeHTTP(w, r)
}
