// Package doctor is the page of what was found on this host: how it is, and what to do
// about what is missing. The looking itself is the engine's; nothing is changed by it.
package doctor
