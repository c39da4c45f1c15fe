// Package config is what the user has set: config.toml, keys.toml and the files in
// themes/, in $XDG_CONFIG_HOME/gantry or ~/.config/gantry.
//
// A flag goes before the environment, that before the file, and that before the default.
// Files are read strictly: what is not known there is told, all of it at once with its
// lines, before anything else is done. Under sudo the files are those of the user who
// called it, if they are that user's or root's and nobody else may write to them.
package config
