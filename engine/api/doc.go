// Package api holds the plain values that cross between the engine and a frontend:
// containers and their states, images, requests, progress, updates and errors.
//
// Values are copies: whoever receives one may keep and change it. Nothing in here
// does anything, and nothing in here knows containerd.
package api
