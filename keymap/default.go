package keymap

// Default is the keys that gantry comes with.
func Default() *Map { return New(defaults()) }

func defaults() []Entry {
	var out []Entry
	for _, part := range [][]Entry{global(), containers(), objects(), events(), others(), logs(), create(), closed()} {
		out = append(out, part...)
	}
	return out
}

func global() []Entry {
	return []Entry{
		{Action: Help, Scope: Global, Keys: []string{"?"}, Help: "help", Long: "show the keys"},
		{Action: Quit, Scope: Global, Keys: []string{"q"}, Help: "quit", Long: "leave; containers go on running"},
		{Action: Interrupt, Scope: Global, Keys: []string{"ctrl+c"}, Help: "quit", Long: "leave, also from a text; twice: at once"},
		{Action: Back, Scope: Global, Keys: []string{"esc"}, Help: "back", Long: "go back; never cancels anything"},
		{Action: Doctor, Scope: Global, Keys: []string{"D"}, Help: "doctor", Long: "what this host lacks, and what to do"},
		{Action: Problem, Scope: Global, Keys: []string{"!"}, Help: "why", Long: "show in full what went wrong last"},
		{Action: NextPane, Scope: Global, Keys: []string{"tab"}, Help: "next pane", Long: "go to the next pane"},
		{Action: PrevPane, Scope: Global, Keys: []string{"shift+tab"}, Help: "previous pane", Long: "go to the previous pane"},
		{Action: ScreenContainers, Scope: Global, Keys: []string{"1"}, Help: "containers", Long: "show the containers"},
		{Action: ScreenNetworks, Scope: Global, Keys: []string{"2"}, Help: "networks", Long: "show the networks"},
		{Action: ScreenVolumes, Scope: Global, Keys: []string{"3"}, Help: "volumes", Long: "show the volumes"},
		{Action: ScreenImages, Scope: Global, Keys: []string{"4"}, Help: "images", Long: "show the images"},
		{Action: ScreenEvents, Scope: Global, Keys: []string{"5"}, Help: "events", Long: "show the events: what happens"},
		{Action: Palette, Scope: Global, Keys: []string{":"}, Help: "commands", Long: "find any action by its name"},
		{Action: Namespaces, Scope: Global, Keys: []string{"@"}, Help: "namespaces", Long: "show another of containerd's namespaces"},
		{Action: ImagePull, Scope: Global, Keys: []string{"P"}, Help: "pull", Long: "pull an image"},
		{Action: Down, Scope: Global, Keys: []string{"j", "down"}, Help: "down", Long: "one line down"},
		{Action: Up, Scope: Global, Keys: []string{"k", "up"}, Help: "up", Long: "one line up"},
		{Action: HalfDown, Scope: Global, Keys: []string{"ctrl+d"}, Help: "half a page down", Long: "half a page down"},
		{Action: HalfUp, Scope: Global, Keys: []string{"ctrl+u"}, Help: "half a page up", Long: "half a page up"},
		{Action: PageDown, Scope: Global, Keys: []string{"pgdown"}, Help: "page down", Long: "one page down"},
		{Action: PageUp, Scope: Global, Keys: []string{"pgup"}, Help: "page up", Long: "one page up"},
		{Action: Top, Scope: Global, Keys: []string{"g", "home"}, Help: "top", Long: "to the first line"},
		{Action: Bottom, Scope: Global, Keys: []string{"G", "end"}, Help: "bottom", Long: "to the last line"},
	}
}

func containers() []Entry {
	return []Entry{
		{Action: ContainerNew, Scope: Containers, Keys: []string{"n"}, Help: "new", Long: "make a new container"},
		{Action: ContainerStartStop, Scope: Containers, Keys: []string{"s"}, Help: "start/stop", Long: "start it, or stop it if it runs"},
		{Action: ContainerLogs, Scope: Containers, Keys: []string{"l"}, Help: "logs", Long: "read its output"},
		{Action: ContainerShell, Scope: Containers, Keys: []string{"e"}, Help: "shell", Long: "open a shell in it"},
		{Action: ContainerExec, Scope: Containers, Keys: []string{"X"}, Help: "run command", Long: "run a command in it; asks which"},
		{Action: ContainerAttach, Scope: Containers, Keys: []string{"a"}, Help: "attach", Long: "take its terminal; ctrl+p ctrl+q leaves it"},
		{Action: ContainerRestart, Scope: Containers, Keys: []string{"r"}, Help: "restart", Long: "stop it and start it"},
		{Action: ContainerPause, Scope: Containers, Keys: []string{"p"}, Help: "pause", Long: "freeze it, or have it go on"},
		{Action: ContainerRemove, Scope: Containers, Keys: []string{"d"}, Help: "remove", Long: "remove it; asks first", Dangerous: true},
		{Action: ContainerKill, Scope: Containers, Keys: []string{"K"}, Help: "kill", Long: "send it a signal; asks which", Dangerous: true},
		{Action: ContainerDuplicate, Scope: Containers, Keys: []string{"N"}, Help: "duplicate", Long: "make another one like it"},
		{Action: ContainerEdit, Scope: Containers, Keys: []string{"E"}, Help: "edit", Long: "change its options and make it anew"},
		{Action: ContainerDetail, Scope: Containers, Keys: []string{"enter"}, Help: "details", Long: "show its path, settings and state"},
		{Action: ContainerCopy, Scope: Containers, Keys: []string{"y"}, Help: "copy", Long: "copy its ID, name, image, address or line"},
		{Action: ContainerInspect, Scope: Containers, Keys: []string{"i"}, Help: "inspect", Long: "show all that is known of it"},
		{Action: ContainerUsage, Scope: Containers, Keys: []string{"u"}, Help: "usage", Long: "show what it uses, and its processes"},
		{Action: ContainerRename, Scope: Containers, Keys: []string{"R"}, Help: "rename", Long: "give it another name"},
		{Action: ContainerCommit, Scope: Containers, Keys: []string{"C"}, Help: "commit", Long: "make an image of what it changed"},
		{Action: ContainerExport, Scope: Containers, Keys: []string{"W"}, Help: "export", Long: "write its files to a tar file"},
		{Action: ListActions, Scope: Containers, Keys: []string{"x"}, Help: "actions", Long: "all that can be done to it"},
		{Action: ListMark, Scope: Containers, Keys: []string{"space"}, Help: "mark", Long: "mark it, to act on several at once"},
		{Action: ListMarkRange, Scope: Containers, Keys: []string{"V"}, Help: "mark range", Long: "mark all from the last mark to here"},
		{Action: ListPrune, Scope: Containers, Keys: []string{"b"}, Help: "prune", Long: "remove what has ended; shows it first", Dangerous: true},
		{Action: ListFilter, Scope: Containers, Keys: []string{"/"}, Help: "filter", Long: "show what has these words; !word: has not"},
		{Action: ListStateFilter, Scope: Containers, Keys: []string{"f"}, Help: "state", Long: "show all, only running, only ended"},
		{Action: ListSort, Scope: Containers, Keys: []string{"o"}, Help: "sort", Long: "order by state, name, image or age"},
		{Action: ListReverse, Scope: Containers, Keys: []string{"O"}, Help: "reverse", Long: "turn the order round"},
	}
}

// objects are the lists of networks, volumes and images.
func objects() []Entry {
	var out []Entry
	for _, o := range []struct {
		scope          Scope
		one, new, gone string
	}{
		{Networks, "network", "make a network", "remove networks nobody is on; shows them"},
		{Volumes, "volume", "make a volume", "remove volumes nobody has; shows them"},
		{Images, "image", "", "remove images nobody uses; shows them"},
	} {
		if o.new != "" {
			out = append(out, Entry{Action: ListNew, Scope: o.scope, Keys: []string{"n"}, Help: "new", Long: o.new})
		} else {
			out = append(out, Entry{Action: ContainerNew, Scope: o.scope, Keys: []string{"n"}, Help: "run", Long: "make a container of the image"})
		}
		out = append(out,
			Entry{Action: ListRemove, Scope: o.scope, Keys: []string{"d"}, Help: "remove", Long: "remove the " + o.one + "; asks first", Dangerous: true},
			Entry{Action: ListPrune, Scope: o.scope, Keys: []string{"b"}, Help: "prune", Long: o.gone, Dangerous: true},
			Entry{Action: ListDetail, Scope: o.scope, Keys: []string{"enter", "i"}, Help: "details", Long: "show all that is known of the " + o.one},
			Entry{Action: ListCopy, Scope: o.scope, Keys: []string{"y"}, Help: "copy", Long: "copy its name to the clipboard"},
			Entry{Action: ListActions, Scope: o.scope, Keys: []string{"x"}, Help: "actions", Long: "all that can be done to it"},
			Entry{Action: ListFilter, Scope: o.scope, Keys: []string{"/"}, Help: "filter", Long: "show what has these words; !word: has not"},
			Entry{Action: ListSort, Scope: o.scope, Keys: []string{"o"}, Help: "sort", Long: "order by another column"},
			Entry{Action: ListReverse, Scope: o.scope, Keys: []string{"O"}, Help: "reverse", Long: "turn the order round"},
			Entry{Action: ListRefresh, Scope: o.scope, Keys: []string{"ctrl+r"}, Help: "refresh", Long: "look again"},
		)
		if o.scope == Volumes {
			out = append(out, Entry{Action: ListMeasure, Scope: o.scope, Keys: []string{"z"}, Help: "size", Long: "measure it; reads all of it"})
		}
	}
	return out
}

func events() []Entry {
	return []Entry{
		{Action: EventPause, Scope: Events, Keys: []string{"p"}, Help: "pause", Long: "hold the list still, or have it go on"},
		{Action: EventGo, Scope: Events, Keys: []string{"v"}, Help: "container", Long: "go to the container it is about"},
		{Action: ListDetail, Scope: Events, Keys: []string{"enter", "i"}, Help: "details", Long: "show all that is known of the event"},
		{Action: ListCopy, Scope: Events, Keys: []string{"y"}, Help: "copy", Long: "copy the ID to the clipboard"},
		{Action: ListActions, Scope: Events, Keys: []string{"x"}, Help: "actions", Long: "all that can be done to it"},
		{Action: ListFilter, Scope: Events, Keys: []string{"/"}, Help: "filter", Long: "show what has these words; !word: has not"},
		{Action: ListReverse, Scope: Events, Keys: []string{"O"}, Help: "reverse", Long: "turn the order round"},
	}
}

func others() []Entry {
	return []Entry{
		{Action: TabNext, Scope: Detail, Keys: []string{"right", "]"}, Help: "next tab", Long: "show the next tab"},
		{Action: TabPrev, Scope: Detail, Keys: []string{"left", "["}, Help: "previous tab", Long: "show the previous tab"},
		{Action: JobCancel, Scope: Pulls, Keys: []string{"c"}, Help: "cancel", Long: "cancel it and take back what it did"},
		{Action: Retry, Scope: Engine, Keys: []string{"r"}, Help: "try again", Long: "ask the engine again, look again"},
	}
}

func logs() []Entry {
	return []Entry{
		{Action: LogFollow, Scope: Logs, Keys: []string{"f"}, Help: "follow", Long: "keep the newest line in view, or stop"},
		{Action: LogTimestamps, Scope: Logs, Keys: []string{"t"}, Help: "times", Long: "show when each line was written"},
		{Action: LogWrap, Scope: Logs, Keys: []string{"w"}, Help: "wrap", Long: "break long lines, or cut them"},
		{Action: LogSearch, Scope: Logs, Keys: []string{"/"}, Help: "search", Long: "search for a text"},
		{Action: LogNext, Scope: Logs, Keys: []string{"n"}, Help: "next", Long: "go to the next match"},
		{Action: LogPrev, Scope: Logs, Keys: []string{"N"}, Help: "previous", Long: "go to the previous match"},
		{Action: LogLeft, Scope: Logs, Keys: []string{"left"}, Help: "left", Long: "move to the left where lines are cut"},
		{Action: LogRight, Scope: Logs, Keys: []string{"right"}, Help: "right", Long: "move to the right where lines are cut"},
		{Action: LogSave, Scope: Logs, Keys: []string{"S"}, Help: "save", Long: "write the lines to a file"},
	}
}

func create() []Entry {
	return []Entry{
		{Action: FormStart, Scope: Create, Keys: []string{"ctrl+s"}, Help: "create & start", Long: "create the container and start it"},
		{Action: FormCreate, Scope: Create, Keys: []string{"ctrl+o"}, Help: "create", Long: "create it without starting it"},
		{Action: FormCopyLine, Scope: Create, Keys: []string{"ctrl+y"}, Help: "copy line", Long: "copy the docker run line to the clipboard"},
		{Action: FormNext, Scope: Create, Keys: []string{"tab", "down"}, Help: "next", Long: "go to the next row"},
		{Action: FormPrev, Scope: Create, Keys: []string{"shift+tab", "up"}, Help: "previous", Long: "go to the previous row"},
		{Action: FormNextSection, Scope: Create, Keys: []string{"ctrl+right"}, Help: "next section", Long: "go to the next section"},
		{Action: FormPrevSection, Scope: Create, Keys: []string{"ctrl+left"}, Help: "previous section", Long: "go to the previous section"},
		{Action: FormPageDown, Scope: Create, Keys: []string{"pgdown"}, Help: "page down", Long: "a page of rows down, or the next section"},
		{Action: FormPageUp, Scope: Create, Keys: []string{"pgup"}, Help: "page up", Long: "a page of rows up, or the section before"},
		{Action: FormPress, Scope: Create, Keys: []string{"enter"}, Help: "press", Long: "press the button, or go to the next row"},
		{Action: FormFind, Scope: Create, Keys: []string{"ctrl+f"}, Help: "find", Long: "find an option by its flag or a word"},
		{Action: FormParts, Scope: Create, Keys: []string{"ctrl+t"}, Help: "in parts", Long: "edit a value in its parts"},
		{Action: FormExposed, Scope: Create, Keys: []string{"ctrl+x"}, Help: "publish exposed", Long: "publish every port that the image exposes"},
		{Action: FormPaste, Scope: Create, Keys: []string{"ctrl+l"}, Help: "paste line", Long: "fill the form from a docker run line"},
		{Action: FormPresets, Scope: Create, Keys: []string{"ctrl+p"}, Help: "presets", Long: "fill the form from a preset or a last form"},
		{Action: FormKeep, Scope: Create, Keys: []string{"ctrl+n"}, Help: "keep", Long: "keep what is in the form as a preset"},
		{Action: FormDrop, Scope: Create, Keys: []string{"f8"}, Help: "drop", Long: "drop leftovers, or the marked preset"},
		{Action: FormProgram, Scope: Create, Keys: []string{"ctrl+g"}, Help: "whose line", Long: "docker's line, nerdctl's or gantry's"},
		{Action: FormReveal, Scope: Create, Keys: []string{"ctrl+r"}, Help: "reveal", Long: "show values that look secret, or hide them"},
		{Action: Back, Scope: Create, Keys: []string{"esc"}, Help: "back", Long: "go back; what was typed is kept"},
	}
}

func closed() []Entry {
	return []Entry{
		{Action: LineAccept, Scope: Line, Keys: []string{"enter"}, Help: "keep", Long: "keep the text and go back to the list"},
		{Action: LineCancel, Scope: Line, Keys: []string{"esc"}, Help: "clear", Long: "drop the text"},
		{Action: DialogNext, Scope: Dialog, Keys: []string{"right", "tab", "l"}, Help: "next", Long: "go to the next answer"},
		{Action: DialogPrev, Scope: Dialog, Keys: []string{"left", "shift+tab", "h"}, Help: "previous", Long: "go to the previous answer"},
		{Action: DialogPress, Scope: Dialog, Keys: []string{"enter"}, Help: "answer", Long: "give the marked answer"},
		{Action: DialogDown, Scope: Dialog, Keys: []string{"down", "j"}, Help: "down", Long: "further down in a long text"},
		{Action: DialogUp, Scope: Dialog, Keys: []string{"up", "k"}, Help: "up", Long: "further up in a long text"},
		{Action: Back, Scope: Dialog, Keys: []string{"esc"}, Help: "cancel", Long: "change nothing"},
		{Action: MenuPick, Scope: Menu, Keys: []string{"enter"}, Help: "pick", Long: "do the marked line"},
		{Action: Down, Scope: Menu, Keys: []string{"down", "j"}, Help: "down", Long: "one line down"},
		{Action: Up, Scope: Menu, Keys: []string{"up", "k"}, Help: "up", Long: "one line up"},
		{Action: PageDown, Scope: Menu, Keys: []string{"pgdown"}, Help: "page down", Long: "one page down"},
		{Action: PageUp, Scope: Menu, Keys: []string{"pgup"}, Help: "page up", Long: "one page up"},
		{Action: Top, Scope: Menu, Keys: []string{"home"}, Help: "top", Long: "to the first line"},
		{Action: Bottom, Scope: Menu, Keys: []string{"end"}, Help: "bottom", Long: "to the last line"},
		{Action: Back, Scope: Menu, Keys: []string{"esc"}, Help: "cancel", Long: "change nothing"},
		{Action: FormPress, Scope: Fields, Keys: []string{"enter"}, Help: "go on", Long: "go to the next row, or do it"},
		{Action: FormStart, Scope: Fields, Keys: []string{"ctrl+s"}, Help: "do it", Long: "do it with what is typed"},
		{Action: FormNext, Scope: Fields, Keys: []string{"tab", "down"}, Help: "next", Long: "go to the next row"},
		{Action: FormPrev, Scope: Fields, Keys: []string{"shift+tab", "up"}, Help: "previous", Long: "go to the previous row"},
		{Action: Back, Scope: Fields, Keys: []string{"esc"}, Help: "cancel", Long: "change nothing"},
		{Action: ReviewTick, Scope: Review, Keys: []string{"space"}, Help: "tick", Long: "keep it, or let it go"},
		{Action: ReviewAll, Scope: Review, Keys: []string{"a"}, Help: "all", Long: "tick all, or none"},
		{Action: Down, Scope: Review, Keys: []string{"down", "j"}, Help: "down", Long: "one line down"},
		{Action: Up, Scope: Review, Keys: []string{"up", "k"}, Help: "up", Long: "one line up"},
		{Action: DialogNext, Scope: Review, Keys: []string{"right", "tab", "l"}, Help: "next", Long: "go to the next answer"},
		{Action: DialogPrev, Scope: Review, Keys: []string{"left", "shift+tab", "h"}, Help: "previous", Long: "go to the previous answer"},
		{Action: DialogPress, Scope: Review, Keys: []string{"enter"}, Help: "answer", Long: "give the marked answer"},
		{Action: Back, Scope: Review, Keys: []string{"esc"}, Help: "cancel", Long: "change nothing"},
	}
}
