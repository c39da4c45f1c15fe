package record

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// RandomName makes a name for a container that was given none: a manner and a thing of
// the harbour. From the second try on a digit is added, since the first name was taken.
func RandomName(r *rand.Rand, try int) string {
	manner, thing := strings.Fields(manners), strings.Fields(things)
	name := manner[r.IntN(len(manner))] + "_" + thing[r.IntN(len(thing))]
	if try > 0 {
		name += strconv.Itoa(r.IntN(10))
	}
	return name
}

const manners = `able agile ample bold brave breezy bright brisk calm careful cheery clear clever
crisp deft eager early easy fair faithful fast firm fleet fond frank fresh gentle glad golden grand
hardy hearty honest humble jolly keen kind level light lively loyal lucky mellow merry mild neat nimble
noble patient placid plain polite prompt proud quick quiet ready robust rugged salty serene sharp silent
silver sleek smooth snug solid sound spry stately steady steep still stout strong sturdy sunny sure
swift tall tidy tough trim trusty upright vast vivid warm watchful weathered wide wise witty zesty`

const things = `anchor awning ballast barge barrel basin beacon berth bitt boathook bollard boom bow
bowline breakwater bridge brig buoy cable canal capstan captain cargo chart cleat coaster compass
container convoy corvette cove crane crate cutter davit deck derrick dinghy dock dolphin dredger dynamo
estuary fathom fender ferry fjord flag forestay freighter frigate gaff galley gangway gantry grapnel
gull gunwale halyard harbour hatch hawser heron hoist hook hull inlet island jetty jib keel ketch kite
lagoon lantern launch lighter lighthouse lock logbook longboat lookout lugger mainsail manifest mariner
marina mast mizzen mole mooring oar osprey packet pallet pelican pennant pier pilot plimsoll pontoon
port porthole pulley quay rampart reef rigging rope rudder sail schooner sextant shackle shoal sling
sloop spar spinnaker stanchion stevedore strait tern tide tiller topsail trawler trolley tugboat
wharf wheelhouse winch windlass yard yawl`
