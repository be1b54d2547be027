"""The grammar of mini_ptb, the embedded corpus that make_mini_ptb.py writes.

The text imitates the form of the Penn Treebank excerpt that language models use (lower case, N for numbers,
<unk> for rare words, no punctuation) and none of its sentences. Every company and every person in it is
invented. The words of a planted group (mini_ptb_words.py) are used in the same slots of the same sentences,
so word vectors should find each other's group.
"""

# A rule starts a line and goes on in indented ones. Words (=): the r-th is drawn in proportion to 1/r.
# Phrases (:): alternatives between bars, the r-th in proportion to 1/(r+2), kinds of sentences to 1/(r+30).
# {name} is another rule, a group or a list of words, {a/b} a choice; {x?} is left out a quarter of the time.
GRAMMAR = """
SENTENCE: {chips} | {law} | {air} | {cars} | {bank} | {oil} | {congress} | {drugs} | {trade} | {fx} |
    {retail} | {metal} | {tv} | {farm} | {earnings} | {stocks} | {people} | {bonds} | {remark}

year: last year | this year | a year earlier | next year | in N | the year before | in the past N years | in
    recent years
day: on {weekdays} | yesterday | late {weekdays} | between {weekdays} and {weekdays} | early {weekdays} | at
    the close {weekdays} | before noon {weekdays} | after trading from {weekdays} to {weekdays}
month: in {months} | since {months} | in early {months} | by the end of {months} | in the month of {months}
    | until {months} N | in mid {months} | late in {months} | during {months}
when: {day} | {year} | {month} | this week | {month} | {day} | last month | in the {quarter} quarter |
    recently | so far this year | at the end of the {quarter} quarter
quarter = third fourth first second fiscal latest
amount: $ N million | $ N billion | $ N | about $ N million | N million | more than $ N billion | as much as
    $ N million
pct: N N | about N N | N N | nearly N N | more than N N | as much as N N
person: mr. {surname} | mr. {surname} | {first} {surname} | ms. {surname} | mrs. {surname} | {first} {first}
    {surname}
title: chairman | president | chief executive officer | vice president | a spokesman | an analyst | director
    | a partner | chief economist | treasurer | a {odd} adviser
source: the company | analysts | a spokesman | {person} | officials | {person} {title} of <unk> {corp} | a
    spokeswoman | traders | the {odd} {title} | some {odd} investors | people close to the talks | {first}
    {surname} a <unk> | {first} {surname} {title} at {surname} securities | economists | the concern 's
    {title} | one <unk> <unk>
said = said added noted argued estimated predicted warned insisted conceded believed complained hinted
    figured
tail: {source} {said} | {when} | according to {source} | as {source} {said} earlier | {when} {source} {said}
    | despite the company 's {odd} {trouble} | which is {odd} | because of {trouble} and {odd} {trouble} |
    but {source} did n't comment | {when} according to the firm 's {odd} {title} | and {person} says that wo
    n't change | although {person} 's {odd} {trouble} was n't <unk> | partly because of the industry 's
    {odd} {trouble} and {trouble} | {when} a {odd} sign of {trouble} for <unk> {corp} and its <unk> in
    {cities} | while {source} {said} it {is} {odd} | in what {source} called the decade 's most {odd} <unk>
    | {when} when the <unk> 's {trouble} was <unk>
lead: {source} {said} | but {source} {said} that | in {cities} {person} {said} | {person} says | for now |
    still | meanwhile {source} {said} | in addition | at the same time | as expected | {when} | {person} 's
    {odd} {title} {said} | however {source} {said} | even so {person} {said} he does n't see why |
    separately | the <unk> 's {title} {said} {when} that
surname: {name} | <unk>
past: a year earlier | the year before | last year | a year ago
odd: {adjective} | <unk>
corp: corp. | inc. | co. | ltd. | group | & co. | holdings | plc | industries | international | n.v. |
    detroit-based <unk>
trouble = costs competition losses demand weakness delays uncertainty pressure problems concern confusion
    shortages strikes mistakes rumors criticism turmoil fears fatigue disputes snags bickering clutter
    inertia gloom waste upheaval rivalry secrecy
rise = rose fell increased declined climbed dropped jumped slipped gained plunged soared surged tumbled slid
    eased edged rebounded crept sank swelled
plan = plans expects agreed wants intends hopes decided continues began tried promised proposed refused
    threatened prepared vowed scrambled hesitated
firm: <unk> {corp} | {surname} {corp} | the company | <unk> | {surname} & {surname} {corp} | its parent
    {surname} {corp}
be: could be | may be | will be | might be | would be | ca n't be | wo n't be | should be | must be | had
    been
is: is | was | is n't | has been | seems | remains | became
deg: a | one | the only | another | its first | no | yet another | hardly a | some kind of

chips: {lead} {chip_makers} {corp?} {plan} to {ship/introduce/design/unveil} a {chipadj} {chip_products}
    that {runs/processes/stores} {software/programs/graphics} N times faster {tail?} | {chip_makers} and
    {chip_makers} {said} their engineers will {design/develop/test} a {chipadj} {chip_products} and a
    {chipadj} {chip_products} for {chipuser} {tail} | shipments of the {chip_makers} {chip_products} to
    {chipuser} {rise} {pct} {when} {tail?} | the {chipadj} {chip_products} called the {surname} N sells for
    {amount} less than a {chip_products} or a {chip_products} {tail?} | {chip_makers} 's {chipadj}
    {chip_products} uses {chipnoun} and {chipnoun} made by {chip_makers} {corp} in {silicon/memory}
    {plants/labs} {tail?} | {odd} technology lets a {chip_products} share {chipnoun} with a {chip_products}
    {tail} | a {chipadj} {chip_products} needs {chipnoun} that a {chip_products} or a {chip_products} does
    n't have {tail?} | engineers at {chip_makers} {said} the {chip_products} 's {chipnoun} {be} {odd}
    {tail?} | {person} {title} of {chip_makers} {corp} {said} the {chip_products} market {rise} {pct} as
    {chipuser} bought {chipnoun} {tail?}
chipadj = new faster powerful N-bit desktop low-cost personal high-speed portable advanced cheaper mainframe
    single parallel experimental programmable tiny sophisticated clever graphics-oriented fault-tolerant
chipuser: workstation users | manufacturers of computers | software developers | engineering customers |
    research laboratories | makers of office equipment | students and hobbyists | hardware designers
chipnoun = software memory circuits disks technology chips screens printers keyboards networks transistors
    peripherals databases modems wafers compilers cartridges instructions cables

law: a federal {court_people} in the {lawadj} case {said} the {defendant/jury/court} {lawverb} the {lawnoun}
    {tail?} | the {court_people} told the {lawadj} court that a {court_people} had {lawverb} the {lawnoun}
    and the {lawnoun} {tail?} | {person} the {court_people} who {lawverb} the {lawnoun} {be} expected to
    {appeal/testify/resign} {tail?} | in the {lawadj} trial the {court_people} {lawverb} {lawnoun} by a
    {odd} witness and another {court_people} {tail} | a {court_people} from {surname} {surname} & <unk>
    {said} the {lawnoun} {be} {odd} {when} {tail?} | neither the {court_people} nor the {court_people} in
    the {lawadj} lawsuit has {lawverb} the {lawnoun} {tail?} | the {state/u.s./county} {court_people}
    {lawverb} the {lawadj} {lawnoun} of {firm} and ordered a new trial {tail?}
lawadj = criminal civil supreme racketeering district libel appeals antitrust bankruptcy fraud murder patent
    custody bribery perjury malpractice
lawverb = dismissed upheld rejected reviewed challenged overturned approved postponed heard questioned
    settled quashed reinstated drafted misread
lawnoun = verdict lawsuit evidence appeal ruling testimony indictment motion complaint conviction damages
    settlement injunction plea charges sentence subpoena affidavit precedent statute

air: {lead} {airlines} {plan} to {add/cancel/start} {airadj} flights {tail} | {airlines} and {airlines}
    {said} {airnoun} on {airadj} routes {rise} {pct} {when} {tail?} | {pilots/machinists/attendants} at
    {airlines} {rejected/ratified} a contract that {airlines} had offered its {airnoun} {tail?} | the
    {airlines} buy-out group led by {pilots/management} offered {amount} for the carrier 's {airadj} jets
    {tail?} | {airlines} 's fleet of {airadj} jets carries N passengers more than {airlines} {tail?} |
    passengers who flew {airlines} on {airadj} routes paid fares {pct} lower than on {airlines} {tail} |
    fares at {airlines} {corp?} {rise} after the carrier cut its {airadj} {airnoun} {tail?}
airadj = domestic nonstop daily transatlantic international discount N-seat overnight cargo regional leased
    charter supersonic commuter wide-body first-class
airnoun = passengers fares traffic pilots seats flights jets mechanics routes airports landings luggage
    meals crews gates turbulence runways

cars: {lead} {car_makers} {plan} to {build/sell/assemble} a {caradj} {vehicles} at its {carplace} {tail} |
    {car_makers} and {car_makers} dealers sold N cars {when} down {pct} as {carnoun} on the {vehicles}
    {rise} {tail?} | the {caradj} {vehicles} from {car_makers} has {carnoun} and a {odd} engine while the
    {vehicles} has {carnoun} {tail?} | {car_makers} will {close/idle/reopen} the {carplace} where workers
    assemble the {caradj} {vehicles} {tail?} | {auto/union} workers at the {car_makers} {carplace} {said}
    output of the {vehicles} {rise} {pct} {tail?} | a {car_makers} {vehicles} with {carnoun} costs {amount}
    more than a {caradj} {vehicles} {tail?} | {car_makers} recalled the {caradj} {vehicles} to repair
    {carnoun} that dealers had n't inspected {tail?}
caradj = four-door luxury compact sporty N-model rear-drive two-seat diesel sleek rugged family midsized
    turbocharged restyled N-cylinder electric rusty
carplace: assembly plant | {odd} factory | stamping plant | engine plant | body shop | parts warehouse |
    showrooms
carnoun = brakes incentives rebates engines tires sales seatbelts bumpers steering options radios mileage
    upholstery mirrors wipers gearboxes axles

bank: {lead} {banks} {plan} to {raise/set/restructure} {bankadj} {banknoun} {tail} | {banks} and {banks}
    {said} their {bankadj} loans to {borrower} {rise} by {amount} {when} {tail?} | the {banks} bank {said}
    {banknoun} for {bankadj} loans {be} {odd} {tail?} | depositors withdrew {amount} from {banks} after
    regulators at the {agency} examined its {bankadj} {banknoun} {tail?} | {banks} the {bankadj} lender that
    owns N branches lent {amount} to {borrower} {tail?} | {banks} cut its prime {banknoun} to N N from N N
    and {banks} followed {tail} | regulators closed a thrift and sold its {banknoun} to {banks} which beat
    {banks} {tail?}
bankadj = commercial bad mortgage foreign real-estate consumer medium-sized troubled uninsured nonperforming
    secured delinquent overdue offshore
banknoun = loans rate reserves deposits rates lending mortgages branches credit capital assets borrowers
    collateral foreclosures tellers passbooks
borrower: developing countries | developers | home buyers | small businesses | third-world governments |
    real-estate partnerships | farmers | {odd} speculators
agency: federal reserve | treasury department | fed | federal deposit insurance agency | comptroller 's
    office | savings-and-loan board

oil: {lead} {oil_firms} {plan} to {drill/explore/pump} for {oilnoun} in the {oilplace} {tail} | {oil_firms}
    and {oil_firms} {said} crude output from their {oilplace} wells {rise} to N barrels a day {tail?} |
    {oil_firms} 's refinery near the {oilplace} spilled N gallons of {oilnoun} {when} {tail?} | opec
    ministers {said} crude prices {rise} to $ N a barrel {when} {tail} | {oil_firms} sold its {oilplace}
    {oilnoun} reserves to {oil_firms} {corp} for {amount} {tail?} | drilling by {oil_firms} in the
    {oilplace} found {oilnoun} under N feet of {ice/sand/water} {tail?} | tankers that {oil_firms} chartered
    carry {oilnoun} from the {oilplace} to refineries of {oil_firms} {tail?} | the {oilplace} pipeline of
    {oil_firms} {corp?} moves N barrels of {oilnoun} {tail?}
oilnoun = crude oil gas gasoline petroleum natural-gas diesel kerosene propane butane heating-oil methane
    tar lubricants asphalt
oilplace: gulf | north sea | persian gulf | arctic | {odd} desert | gulf coast | alaskan slope | caspian
    basin | offshore delta

congress: {lead} the {congress_people} {from/of} {state} {congverb} the {congadj} bill {tail} | a
    {republican/democratic} {congress_people} {said} the {congadj} bill would {cut/raise/repeal} {congnoun}
    {tail?} | each {congress_people} and {congress_people} on the {house/senate} {congadj} panel {congverb}
    an amendment that another {congress_people} had offered {tail?} | the white house told the
    {congress_people} that mr. {president} would {veto/sign/oppose} the {congadj} bill {when} | {person} the
    {democratic/republican} {congress_people} {from/of} {state} {congverb} {congnoun} {tail?} | one
    {congress_people} and one retired {congress_people} {congverb} the budget {congnoun} in a {house/senate}
    hearing {tail?} | voters in {state} elected a {odd} {congress_people} who {congverb} {congnoun} {tail?}
congverb = supported opposed sponsored introduced voted amended endorsed criticized debated attacked backed
    filibustered shelved redrafted denounced
congadj = tax budget deficit-reduction capital-gains defense child-care appropriations minimum-wage farm
    ethics clean-air judiciary foreign-aid campaign-finance highway catastrophic-care
congnoun = taxes spending legislation cuts programs deficits amendments subsidies benefits abortion
    entitlements hearings earmarks quotas tariffs pensions
state = california texas ohio florida illinois virginia georgia michigan iowa oregon nebraska kansas utah
    vermont idaho maine
president = bush carter truman taft

drugs: {lead} doctors treat {diseases} with {drugadj} {drugnoun} {tail} | patients with {diseases} or
    {diseases} took the {drugadj} {drugnoun} in a study {when} {tail?} | a {drugadj} vaccine against
    {diseases} {be} {odd} {scientists/doctors/researchers} at <unk> {said} {tail?} |
    {researchers/scientists} {said} a gene that causes {diseases} also affects {diseases} and {drugnoun}
    {tail?} | the food and drug agency approved a {drugadj} treatment for {diseases} from {firm} {tail?} |
    the risk of {diseases} {rise} {pct} among patients on {drugadj} {drugnoun} {tail?} | {diseases} kills N
    patients a year and {diseases} N more {researchers/doctors} {said} {tail?}
drugadj = experimental genetic clinical generic prescription human preventive toxic hormonal synthetic
    intravenous placebo-controlled herbal
drugnoun = drugs therapy tests cells pills doses vaccines proteins hormones antibodies symptoms surgery
    blood enzymes tumors vitamins tissue steroids needles

trade: {lead} exports to {countries} {rise} {pct} while imports from {countries} {rise} {tail} | {countries}
    and {countries} signed a {tradeadj} treaty on {tradenoun} {when} {tail?} | the {tradeadj} surplus of
    {countries} with {countries} {rise} to {amount} {when} {tail?} | the government of {countries} {plan} to
    {lift/ease/impose} {tradeadj} {tradenoun} {tail?} | diplomats from {countries} {said} {tradeadj} talks
    with {countries} on {tradenoun} {be} {odd} {tail} | {countries} 's finance minister urged {countries} to
    open its {tradeadj} {tradenoun} {tail?}
tradeadj = bilateral trade agricultural military foreign economic diplomatic multilateral free-trade
    reciprocal postwar colonial
tradenoun = barriers sanctions exports quotas treaties negotiations imports relations tariffs embargoes
    ambassadors aid arms refugees shipments visas

fx: the {currencies} {rise} against the {currencies} and the {currencies} in {cities} trading {day} {tail?}
    | in {cities} the {currencies} was quoted at N {currencies} up from N {day} {tail?} | central banks
    {fxverb} the {currencies} to {support/weaken} the {currencies} {when} {tail} | currency dealers in
    {cities} and {cities} {fxverb} the {currencies} {day} {tail?} | intervention to {support/weaken} the
    {currencies} {be} {odd} dealers in {cities} {said} {tail?} | the {currencies} opened
    {lower/higher/unchanged} in {cities} and closed at N to the {currencies} {day}
fxverb = bought sold defended dumped hedged swapped hoarded devalued pegged

retail: {lead} {shoppers/customers/women} bought {retadj} {clothes} and {clothes} at {retplace} {tail} |
    sales of {retadj} {clothes} at {retplace} {rise} {pct} {when} {tail?} | {surname} stores sells {retadj}
    {clothes} {clothes} and {clothes} for {amount} {tail?} | retailers marked down {retadj} {clothes} before
    {christmas/easter/thanksgiving} {tail?} | racks of {retadj} {clothes} and {odd} {clothes} {be} <unk> in
    {cities} {retplace} {tail?} | designers showed {retadj} {clothes} over {retadj} {clothes} in a {odd}
    fashion show in {cities} {when}
retadj = wool fashionable women 's leather silk cheap designer winter striped children 's knitted casual
    velvet imported elegant polyester plaid
retplace: department stores | shopping malls | discount chains | catalog houses | {odd} boutiques | the
    {surname} store

metal: {lead} {metals} futures for {months} delivery {rise} N cents {an ounce/a pound/a ton} {tail} | miners
    dug {metaladj} {metals} and {metals} from the {odd} mine {when} {tail?} | an ounce of {metals} sold for
    $ N on the {metaladj} exchange and {metals} {rise} {tail?} | {smelters/miners/refiners} of {metals}
    {plan} to {cut/raise} {metaladj} output of {metals} {when} {tail?} | {metaladj} stockpiles of {metals}
    {rise} to N tons {when} {tail?} | strikes at {metaladj} mines lifted {metals} and {metals} bullion {day}
    {tail?}
metaladj = refined precious industrial commodity spot scrap molten underground speculative alluvial

tv: {lead} the network {plan} to {air/cancel/show} a {tvadj} {programs} {tail} | the {tvadj} {programs}
    stars {first} {surname} as a {odd} {tvrole} {when} {tail?} | viewers of the {programs} also watched a
    {tvadj} {programs} about a {tvrole} and a {tvrole} {tail?} | {person} produced the {programs} and wrote
    the {tvadj} {programs} for cable {tail?} | ratings of the {tvadj} {programs} {rise} {pct} in prime time
    {when} {tail?} | a {tvadj} {programs} on cable costs {amount} an episode and a {tvadj} {programs} less
    {tail?}
tvadj = prime-time hour-long made-for-tv syndicated black-and-white funny romantic public-television weekly
    controversial animated suspenseful sentimental
tvrole = detective family teacher cowboy widow doctor reporter spy nun clown sailor dentist waitress butler
    hermit

farm: {lead} farmers {farmverb} {crops} and {crops} in the {farmplace} {tail} | {crops} futures on the
    {cities} board of trade {rise} N cents a bushel {day} {tail?} | the drought in the {farmplace} hurt
    {crops} and {crops} harvests {when} {tail?} | the agriculture department {said} the {farmadj} {crops}
    crop {rise} to N bushels {when} {tail?} | grain elevators stored {farmadj} {crops} and N bushels of
    {crops} {tail?} | rain in the {farmplace} let farmers plant {crops} before the {farmadj} {crops} {tail?}
farmverb = planted harvested sold grew stored irrigated fertilized plowed
farmadj = winter soviet spring surplus subsidized hybrid late-season organic parched
farmplace: midwest | {odd} prairie | corn belt | soviet union | mississippi valley | great plains | southern
    delta

earnings: {firm} {said} net income {rise} {pct} to {amount} or N cents a share from {amount} or N cents a
    share {past} {tail?} | {firm} reported a {quarter} quarter loss of {amount} compared with net income of
    {amount} {past} {tail?} | revenue {rise} {pct} to {amount} from {amount} {past} {tail?} | operating
    profit at {firm} {rise} {pct} to {amount} in the {quarter} quarter ended {months} N {tail?} | {firm}
    declared a quarterly dividend of N cents a share payable {months} N to holders of record {months} N |
    {firm} took a {odd} charge of {amount} for the closing of {deg} {odd} division {tail?}

stocks: shares of {firm} {rise} $ N to $ N {day} in {new york stock exchange/over-the-counter/national}
    composite trading | the dow jones industrial average {rise} N points to N {day} on volume of N million
    shares | {odd} program trading and {odd} takeover talk pushed stocks {lower/higher} {day} in {cities}
    {tail?} | investors in {cities} who had n't sold {odd} stocks before {weekdays} 's plunge {said}
    {trouble} {be} {odd} | {firm} {plan} to buy back N N of its common shares for {amount} {tail?} | a bid
    of $ N a share for {firm} by {firm} {is} {odd} {tail}

people: {firm} named {person} {title} succeeding {person} who resigned {when} | {person} N years old was
    elected {title} of this {odd} concern {tail?} | {person} who has been {title} since {months} N {said} he
    {plan} to retire {when} | {person} a {odd} {title} with {firm} lives with his wife and N children near
    {cities} | {person} and {person} {said} it {is} {odd} to work for {person}

bonds: {firm} sold {amount} of {odd} bonds due {months} N priced to yield N N through {surname} securities |
    the treasury {plan} to auction {amount} of N-year notes {day} {tail?} | the yield on the N-year bond
    {rise} to N N {day} {tail?} | junk bonds of {firm} {rise} {amount} {day} on {odd} {trouble} {tail?}

remark: it {is} {deg} {odd} {thing} for {person} but there {is} {deg} {odd} {thing} too {source} {said} |
    that {is} {deg} {thing} they do n't {know/want/like/understand} {person} {said} | you do n't need {deg}
    {odd} {thing} to see what {trouble} can do {person} {said} | if there {is} {trouble} we will not
    {know/want/like/understand} it until {months} {source} {said} | most of us who were there {when} had no
    {thing} at all {said} {person} | what they should have done {is} {odd} and i think everyone here knows
    that {person} {said}
thing = question time way problem idea deal answer reason chance step game story mistake matter lesson
    bargain surprise compromise riddle gamble nuisance miracle fluke
"""
