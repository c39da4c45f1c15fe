package footprint

import "runtime/debug"

func init() { debug.SetGCPercent(800) }
