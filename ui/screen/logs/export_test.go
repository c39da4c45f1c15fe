package logs

import (
	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
)

// LinesForTest is the message that brings lines to a screen.
func LinesForTest(s *Screen, lines []api.LogLine) tea.Msg {
	return linesMsg{of: s.follow, lines: lines}
}
