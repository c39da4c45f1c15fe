package keymap

// Action names something a key can do. Tests and docs speak of actions, not of letters.
type Action string

// Actions that work everywhere.
const (
	Quit      Action = "app.quit"
	Interrupt Action = "app.interrupt" // ctrl+c: heard even while text is typed
	Help      Action = "app.help"
	Back      Action = "app.back" // only ever goes back; never cancels work and never asks
	NextPane  Action = "pane.next"
	PrevPane  Action = "pane.prev"
	// Doctor shows what keeps this host from running containers well, and what to do.
	Doctor Action = "app.doctor"
	// Problem shows in full what went wrong last.
	Problem Action = "app.problem"
	// Namespaces shows containerd's namespaces, to change to another one.
	Namespaces Action = "app.namespaces"
	// Palette finds an action by its name.
	Palette Action = "app.palette"
)

// The screens.
const (
	ScreenContainers Action = "screen.containers"
	ScreenNetworks   Action = "screen.networks"
	ScreenVolumes    Action = "screen.volumes"
	ScreenImages     Action = "screen.images"
	ScreenEvents     Action = "screen.events"
)

// Movement in whatever has rows or lines. HalfDown never destroys anything.
const (
	Up       Action = "move.up"
	Down     Action = "move.down"
	PageUp   Action = "move.pageup"
	PageDown Action = "move.pagedown"
	HalfUp   Action = "move.halfup"
	HalfDown Action = "move.halfdown"
	Top      Action = "move.top"
	Bottom   Action = "move.bottom"
)

// Actions on the selected container.
const (
	ContainerNew       Action = "container.new"
	ContainerDetail    Action = "container.detail"
	ContainerStartStop Action = "container.startstop" // starts or stops, as the footer says
	ContainerKill      Action = "container.kill"
	ContainerRemove    Action = "container.remove"
	ContainerLogs      Action = "container.logs"
	ContainerShell     Action = "container.shell"
	ContainerAttach    Action = "container.attach"
	ContainerPause     Action = "container.pause" // or unpause
	ContainerRestart   Action = "container.restart"
	ContainerRename    Action = "container.rename"
	ContainerInspect   Action = "container.inspect"
	ContainerUsage     Action = "container.usage"
	ContainerExec      Action = "container.exec"
	ContainerDuplicate Action = "container.duplicate"
	ContainerEdit      Action = "container.edit"
	ContainerCopy      Action = "container.copy"
	ContainerCommit    Action = "container.commit" // makes an image of it
	ContainerExport    Action = "container.export" // writes its files to a file
)

// Actions of lists. What a list is of tells its scope.
const (
	ListFilter      Action = "list.filter"      // by text
	ListStateFilter Action = "list.statefilter" // all, running, not running
	ListSort        Action = "list.sort"
	ListReverse     Action = "list.reverse"
	ListMark        Action = "list.mark"
	ListMarkRange   Action = "list.markrange"
	ListActions     Action = "list.actions" // the menu of all that can be done to the selected row
	ListNew         Action = "list.new"
	ListRemove      Action = "list.remove"
	ListPrune       Action = "list.prune" // shows first what would go
	ListDetail      Action = "list.detail"
	ListCopy        Action = "list.copy"
	ListMeasure     Action = "list.measure" // how big it is, where that takes a while
	ListRefresh     Action = "list.refresh"
)

// Actions on the list of events.
const (
	EventPause Action = "event.pause" // or go on
	EventGo    Action = "event.go"    // to the container that it is about
)

// ImagePull asks for an image's name and pulls it.
const ImagePull Action = "image.pull"

// Retry asks the engine again where it cannot be used, and the doctor to look again.
const Retry Action = "engine.retry"

// JobCancel cancels the job under the cursor of the pulls pane.
const JobCancel Action = "job.cancel"

// Tabs of the detail pane.
const (
	TabNext Action = "tab.next"
	TabPrev Action = "tab.prev"
)

// Actions in the log view.
const (
	LogFollow     Action = "log.follow"
	LogTimestamps Action = "log.timestamps"
	LogWrap       Action = "log.wrap"
	LogSearch     Action = "log.search"
	LogNext       Action = "log.next"
	LogPrev       Action = "log.prev"
	LogLeft       Action = "log.left"
	LogRight      Action = "log.right"
	LogSave       Action = "log.save"
)

// Actions in the form for a new container.
const (
	FormStart       Action = "form.start"  // create and start
	FormCreate      Action = "form.create" // create only
	FormCopyLine    Action = "form.copyline"
	FormNext        Action = "form.next"
	FormPrev        Action = "form.prev"
	FormNextSection Action = "form.nextsection"
	FormPrevSection Action = "form.prevsection"
	FormPageDown    Action = "form.pagedown" // by a screen of rows, and on into the next section
	FormPageUp      Action = "form.pageup"
	FormPress       Action = "form.press" // presses a button, goes on from a text
	FormFind        Action = "form.find"  // an option by its flag or a word
	FormPaste       Action = "form.paste" // the box for a docker run line
	FormParts       Action = "form.parts" // edits a value in its parts
	FormExposed     Action = "form.exposed"
	FormProgram     Action = "form.program" // whose line is shown: docker's, nerdctl's, gantry's
	FormReveal      Action = "form.reveal"  // values that look secret
	FormPresets     Action = "form.presets" // presets and last forms to fill the form from
	FormKeep        Action = "form.keep"    // as a preset
	FormDrop        Action = "form.drop"    // puts away what was not understood; of the presets, the marked one
)

// Actions in a dialog.
const (
	DialogNext  Action = "dialog.next"
	DialogPrev  Action = "dialog.prev"
	DialogPress Action = "dialog.press"
	DialogDown  Action = "dialog.down" // through a text longer than the screen
	DialogUp    Action = "dialog.up"
)

// Actions in a menu and in a list of what is to go.
const (
	MenuPick   Action = "menu.pick"
	ReviewTick Action = "review.tick"
	ReviewAll  Action = "review.all"
)

// Actions in a line that is being typed: a filter, a search.
const (
	LineAccept Action = "line.accept"
	LineCancel Action = "line.cancel"
)
