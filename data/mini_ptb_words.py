"""The words of mini_ptb, the embedded corpus: planted groups, names and adjectives.

The sentences that use them are in mini_ptb_grammar.py.
"""

# Groups of words that occur in the same contexts; the more frequent first, though not by much.
GROUPS = """
chip_makers: siltron micradyne corvex quartel datalith
chip_products: chip microprocessor computer workstation semiconductor processor
banks: unitrust midbanc northgate fidelis harbank
oil_firms: petronel gulfmar norpet arcoil brentex
car_makers: velmont autovia torvane kestrel larksen
vehicles: sedan truck minivan convertible pickup
airlines: skyways aeronova transglobe pacifair airmark
court_people: judge lawyer prosecutor attorney magistrate
congress_people: senator congressman lawmaker legislator representative
diseases: cancer diabetes hepatitis asthma arthritis
clothes: sweaters coats dresses shoes shirts
metals: gold silver copper platinum nickel
crops: wheat corn soybeans cotton barley
programs: comedy drama movie sitcom documentary
months: january march june september october november
weekdays: monday tuesday wednesday thursday friday
cities: london chicago tokyo boston paris frankfurt
countries: japan germany canada france mexico brazil
currencies: dollar yen mark pound franc
"""

FIRST_NAMES = """
john james robert william david peter thomas richard paul george mary anne susan michael charles edward frank
alan martin helen ruth simon walter oscar hugo nora clara ivan felix agnes boris edith
"""

ADJECTIVES = """
big major strong likely small recent good possible important difficult large new clear serious surprising
early significant public private certain current simple national special heavy useful steady unusual popular
common modest cautious expensive quiet painful familiar narrow sharp bitter generous curious fragile remote
stubborn timid loyal gradual hostile vague noisy brisk dismal gloomy sturdy eager reluctant frugal lavish
awkward tedious plausible dubious obscure vivid shrewd nimble sober brittle murky lofty hollow rigid costly
sluggish rosy dire grim meager scant ample patchy bleak jittery volatile lopsided unruly genteel haughty
quaint rustic tranquil somber jovial candid terse blunt fickle feeble robust sleepy restless wary weary
zealous frantic placid serene ornate shabby dingy pristine barren lush arid humid frosty balmy gusty foggy
muddy dusty grimy spotless crooked jagged smooth coarse silky woolly spongy crisp soggy stale musty pungent
fragrant savory bland tart zesty salty syrupy gooey sticky slimy greasy oily chalky sandy rocky hilly coastal
inland alpine tropical polar lunar solar stellar cosmic atomic magnetic acoustic optical thermal hydraulic
pneumatic seismic botanical feline canine equine bovine nautical martial regal papal feudal medieval baroque
gothic colloquial idiomatic cryptic arcane esoteric archaic antique vintage retro futuristic utopian idyllic
pastoral bucolic urbane cosmopolitan parochial insular nomadic itinerant sedentary nocturnal diurnal
perennial biennial sporadic fitful intermittent incessant ceaseless relentless merciless ruthless reckless
feckless hapless listless artless guileless tactless peerless matchless boundless fathomless bottomless
topless rudderless leaderless
"""

# A surname is a start and an end: all pairs are used.
SURNAME_STARTS = (
    "har bel wes mor kel dun far gar hol lan mar nor pel ros sal tol van wil cor dor fen gil hes kem"
)
SURNAME_ENDS = "man ton ley son field well berg ford wick dale lock mere stad bury"
