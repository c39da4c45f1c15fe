package api

// CommitOptions say what an image made of a container says of itself, as docker commit's flags.
type CommitOptions struct {
	Author  string
	Comment string
	// Changes are instructions as in a Dockerfile, one each, over what the container was
	// created with: "CMD [\"top\"]", "ENV A=b".
	Changes []string
	NoPause bool // let a running container go on while its files are read
}

// Committed is the image that was made of a container.
type Committed struct {
	Image    Image
	Warnings []string
}
