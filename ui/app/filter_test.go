package app_test

import (
	"testing"

	"gantry/ui/uitest"
)

func TestAFilterHasWordsThatMustBeThereAndWordsThatMustNot(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		w, end := begin(t, populated(), 120, 36)
		defer end()
		w.calm().Press("/")
		w.Type("re !cache").Press("enter")
		w.Want("2 of 6", "postgres:17", "old").WantNot("cache  ", "nginx")
	})
}
