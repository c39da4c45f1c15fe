package stdio

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"time"

	"gantry/engine/api"
	"gantry/engine/stdio/wire"
)

// journalReader is the program that reads systemd's journal, whose files are its own.
const journalReader = "journalctl"

// journalSettle is what the journal is given to have what was last written, once the
// container has ended.
const journalSettle = 300 * time.Millisecond

// ReadJournal is Read for a container whose log is in systemd's journal.
func ReadJournal(ctx context.Context, stateDir, id string, opt api.LogOptions, each func([]api.LogLine) error) error {
	args := []string{"--output=json", "--no-pager", "--quiet", "CONTAINER_ID_FULL=" + id, "--lines=all"}
	if opt.Tail >= 0 {
		args[len(args)-1] = "--lines=" + strconv.Itoa(opt.Tail)
	}
	if !opt.Since.IsZero() {
		args = append(args, "--since=@"+strconv.FormatInt(opt.Since.Unix(), 10))
	}
	if !opt.Until.IsZero() {
		args = append(args, "--until=@"+strconv.FormatInt(opt.Until.Unix(), 10))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	over := make(chan struct{})
	if opt.Follow && wire.Logging(stateDir) {
		args = append(args, "--follow")
		go func() {
			defer close(over)
			untilOver(ctx, stateDir)
			cancel()
		}()
	} else {
		close(over)
	}
	err := readJournal(exec.CommandContext(ctx, journalReader, args...), each)
	ended := ctx.Err() != nil && !wire.Logging(stateDir)
	cancel()
	<-over
	if ended {
		return nil
	}
	return err
}

// untilOver waits for the end of a container's logger.
func untilOver(ctx context.Context, stateDir string) {
	for wire.Logging(stateDir) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(followPoll):
		}
	}
	select {
	case <-ctx.Done():
	case <-time.After(journalSettle):
	}
}

func readJournal(cmd *exec.Cmd, each func([]api.LogLine) error) error {
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return &api.UnsupportedError{What: "reading a log from the journal", Reason: "there is no " + journalReader + " on this host"}
	}
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, entryMax)
	var fail error
	for fail == nil && lines.Scan() {
		if l, ok := journalLine(lines.Bytes()); ok {
			fail = each([]api.LogLine{l})
		}
	}
	if fail == nil {
		fail = lines.Err()
	}
	if fail != nil {
		_ = cmd.Process.Kill() // its end is the reader's
		_ = cmd.Wait()
		return fail
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	return nil
}

// journalLine is one entry as journalctl writes it. A message that is no text is a list of
// numbers.
func journalLine(b []byte) (api.LogLine, bool) {
	var e struct {
		Message  json.RawMessage `json:"MESSAGE"`
		Priority string          `json:"PRIORITY"`
		Partial  string          `json:"CONTAINER_PARTIAL_MESSAGE"`
		At       string          `json:"__REALTIME_TIMESTAMP"`
	}
	if json.Unmarshal(b, &e) != nil {
		return api.LogLine{}, false
	}
	var text string
	if json.Unmarshal(e.Message, &text) != nil {
		var raw []uint16
		if json.Unmarshal(e.Message, &raw) != nil {
			return api.LogLine{}, false
		}
		bytes := make([]byte, len(raw))
		for i, c := range raw {
			bytes[i] = byte(c)
		}
		text = string(bytes)
	}
	if e.Partial != "true" {
		text += "\n"
	}
	us, err := strconv.ParseInt(e.At, 10, 64)
	return api.LogLine{Time: time.UnixMicro(us).UTC(), Stderr: e.Priority == "3", Text: []byte(text)}, err == nil
}
