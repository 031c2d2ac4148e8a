// Package grants gives nodes a database role of their own, which can add prices and read them and do nothing else: what
// a broken-in node could delete, change or backdate otherwise stays as it is. It also tells what a role may do beyond
// that.
package grants
