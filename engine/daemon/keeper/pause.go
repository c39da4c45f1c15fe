package keeper

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// after takes note of the end of a daemon and says whether there is to be another.
func (k *keeping) after(how string, start error) error {
	words := ""
	if k.logAt >= 0 {
		words = LastWords(k.DataRoot, k.logAt)
	}
	k.st.Trouble = Diagnose(words)
	if start != nil {
		k.st.Trouble = DiagnoseError(start)
	}
	if free, known := Free(k.DataRoot); known && free == 0 && k.st.Trouble == "" {
		k.st.Trouble = Full
	}
	switch {
	case words != "" && strings.HasPrefix(how, endedByItself):
		how = words
	case words != "":
		how += ": " + words
	}
	k.st.Why, k.st.Ended = how, time.Now()
	k.note("warning", fmt.Sprintf("the engine (pid %d) is gone: %s", k.st.Daemon, how))
	k.st.Daemon = 0
	if k.st.Phase == Serving && time.Since(k.began) >= steady {
		k.st.Failures = 0
	}
	k.st.Failures++
	switch {
	case !k.served:
		return errors.New(how)
	case k.st.Trouble.lasting() && k.st.Failures >= tries:
		return fmt.Errorf("%w: %s", ErrGaveUp, how)
	}
	return nil
}

// Pause is how long a keeper waits before it starts the daemon again, after so many
// failures in a row: not at all after the first, then ever longer, up to half a minute.
func Pause(failures int) time.Duration {
	if failures <= 1 {
		return 0
	}
	d := first
	for range failures - 2 {
		if d *= 2; d >= last {
			return last
		}
	}
	return d
}

func (k *keeping) rest(ctx context.Context) error {
	pause := Pause(k.st.Failures)
	if pause == 0 {
		return nil
	}
	k.st.Next = time.Now().Add(pause)
	k.tell(Waiting)
	err := sleep(ctx, pause, k.Retry)
	k.st.Next = time.Time{}
	return err
}

func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-wake:
	case <-ctx.Done():
	}
	return ctx.Err()
}
