package writing

import "errors"

var errForeign = errors.New("a row of another network")
