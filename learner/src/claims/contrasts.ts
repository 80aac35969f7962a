/**
 * General English by contrast: on each line, words for one side, `|`, words for the other. Base forms; endings are taken off
 * at load. A hyphen stands for a blank too. A word may
 * stand on several lines.
 */
export const CONTRASTS: string = `
include count contain incorporate consider belong | exclude leave-out omit ignore skip disregard discount filter
keep retain preserve maintain save stay | drop remove delete discard strip erase purge clear lose destroy cancel
add append insert attach enclose | subtract remove detach omit deduct
allow permit accept grant authorize enable let possible may can | forbid prohibit deny refuse reject disallow block ban decline disable impossible
show display reveal disclose expose publish visible tell share state mention name print | hide mask conceal redact suppress withhold invisible secret confidential silent
on-own alone independently autonomously self yourself directly unattended | approval approve supervisor manager escalate permission human signature consent authorization second reviewer team
immediate instant now promptly at-once right-away direct | wait delay later postpone defer pause hold eventually
ask confirm confirmation consult check verify validate | assume guess infer estimate invent presume
confirm ask verify confirmation check consult warn | silently straight-away unasked unverified blindly anyway on-own
brief short concise terse summary summarise compact few one-line | detailed long full elaborate thorough complete extensive verbose lengthy
verbatim exact literal word-for-word as-is unchanged original raw | paraphrase summarise rephrase rewrite normalise translate convert change correct fix edit adapt
exact precise | approximate round rough estimate about
first begin start top initial front earliest beginning | last end final bottom finish back latest
before prior ahead advance beforehand | after following afterwards behind
newest latest recent current new fresh | oldest earliest outdated old previous former stale
highest largest maximum most biggest greatest longest expensive | lowest smallest minimum least fewest shortest cheapest
increase raise grow up rise higher more expand | decrease lower reduce down fall shrink less cut
ascending oldest-first alphabetical | descending newest-first reverse
minimum least | maximum most
above over exceed beyond | below under beneath
upper uppercase capital | lower lowercase small
gross | net
inclusive including | exclusive excluding
left | right inner
inner | outer
public open | private closed internal
internal inside within | external outside
free waive gratis complimentary free-of-charge | charge fee pay cost bill paid price surcharge
mandatory required must compulsory obligatory need necessary | optional voluntary unnecessary needless unneeded free
automatic by-itself automate | manual by-hand person human
parallel concurrent simultaneous at-once together batch bulk | sequential serial one-by-one individually separately single
combine merge join together single consolidate combined one | split separate divide apart individually each own several
single one sole | several multiple many two both
cache reuse cached memorise remember stored | refetch fresh recompute reload live anew
formal polite official professional | informal casual friendly colloquial relaxed
synchronous sync blocking | asynchronous async nonblocking
active | passive
singular | plural
local on-premise | remote cloud
temporary short-term provisional | permanent lasting forever
encrypt encrypted | decrypt plaintext plain unencrypted
open reopen | close shut
create | delete destroy
multiply | divide
true yes | false no
success succeed pass | fail failure failed
enable activate on turn-on | disable deactivate off turn-off
send forward transmit submit | withhold receive hold
buy purchase buyer customer | sell seller vendor supplier
lend | borrow
debit | credit
income revenue | cost expense spending
import | export
input | output
request | response
read | write
lock | unlock
push | pull
debug verbose | quiet silent
positive | negative
same equal identical | different differ distinct other
sensitive | insensitive
strict rigid | lenient flexible tolerant
best | worst
early soon | late
always every | never
weekday working-day business-day workday | weekend calendar-day saturday sunday holiday
calendar-day calendar | working-day business-day fiscal
fiscal | calendar
domestic national | foreign international abroad
day | night
morning | evening afternoon night
horizontal row | vertical column
absolute | relative percentage percent
mean average | median mode
total sum overall | average mean per-unit
fixed constant flat static | variable dynamic proportional
refund money-back reimburse | replace exchange voucher credit repair
refund return | non-refundable final
store keep log record save | discard forget delete
retry repeat again re-run resubmit | stop abort give-up fail
continue proceed resume go-on | stop abort halt cancel pause
rollback roll-back revert undo | fix-forward proceed continue keep
unknown | known
null blank empty | guess infer estimate invent
half partial | full whole complete
adult | child minor
male | female
oral mouth tablet | intravenous injection
empty-stomach fasting | meal food eating
high urgent critical | low normal minor trivial
strong | weak
cheap inexpensive affordable | expensive costly premium luxury
fast quick rapid express | slow standard regular
near close nearest closest | far distant farthest
mutable | immutable
nullable | non-null
implicit | explicit
inline embed | separate external link
flat | nested hierarchical
tabs tab | spaces space
prefer recommend favour choose pick use adopt | avoid shun reject discourage
commit | rollback
follow obey comply carry-out execute | ignore disobey refuse
apologise sorry regret | blame deny
admit acknowledge | deny dispute
agree | disagree
inform notify tell alert warn announce | silent hide unannounced
personal individual named | anonymous generic
prepaid advance upfront | postpaid afterwards arrears
lump-sum once | instalment monthly rate
renew extend prolong | end expire terminate lapse cancel
expire lapse forfeit | carry-over valid keep roll-over
valid | invalid expired
online | offline
guest | member
buyer | seller
employer | employee
sender shipper origin | recipient receiver destination consignee
departure depart dispatch leave | arrival arrive delivery
load | unload
pickup collect | deliver drop-off
air plane | sea ship road truck rail
ordered order booked purchase | shipped paid delivered
book reserve | cancel release
subject | object
question ask | statement answer
bullet list | prose paragraph sentence text
abbreviate abbreviation acronym | spell-out full
verify trust-but-verify distrust | trust believe
central centralised | distributed decentralised local nearest
shallow | deep
lazy | eager
soft | hard
loose | tight
simple plain | technical complex sophisticated
objective neutral impartial | subjective opinion recommend
serious | humorous joke
accrual | cash-basis
metric | imperial
generic | brand branded
wholesale | retail
primary main | secondary backup replica
estimate forecast | actual measured
planned scheduled | actual unplanned
budget | actual
draft propose prepare suggest | send submit publish execute book
resolve solve handle answer self | escalate forward transfer refer pass hand
accept welcome admit | reject refuse decline turn-away
reward praise | punish penalise
subscribe | unsubscribe
install | uninstall
mount | unmount
wrap | unwrap
compress zip | decompress unzip uncompressed
sorted | unsorted shuffled random
random | deterministic seeded fixed
mutable | constant readonly
overwrite replace | append preserve keep
stop halt pause quit end | continue run running resume proceed
attended | unattended
escape quote | raw unquoted
trim strip | pad keep
truncate cut shorten | full whole extend wrap
freeze frozen | thaw room fresh
heat warm hot | cool cold chilled
wet | dry
clean | dirty
seated sitting sit | standing stand lie lying
above upper | below ground lower
indoors | outdoors
wholly fully entirely completely whole | partly partially half
together | separately
charge bill invoice | waive credit refund
discount reduced sale | regular full list
guaranteed firm promise | tentative
hourly | fixed flat
consent opt-in | opt-out
signed | unsigned
direct nonstop | indirect connecting
one-way | return round-trip
window | aisle
own | rent lease hire
nearest | cheapest
gold | silver
attach | link
attachment | inline
plain text | html rich
transcribe verbatim | summarise
uniform | weighted
weighted | unweighted simple
supervised | unsupervised
linear straight-line straight | exponential declining accelerated
optimistic | pessimistic conservative
aggressive | conservative cautious
eager | reluctant
majority | minority
unanimous | majority
voluntary | involuntary
tolerate | reject
mention name cite | avoid hide conceal
praise | criticise
assume | verify
trust | distrust verify
reuse | recreate rebuild
patch | rewrite
monolith | microservice
tab | window
depart | arrive
ship dispatch send | hold withhold keep
prioritise first | deprioritise last
`;

/** Words that name one of a kind: who names different ones says different things. One kind per line. */
export const KINDS: string = `
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
spring summer autumn winter
english german french spanish italian chinese portuguese japanese american british dutch russian korean arabic
cents euro dollar pound yen franc mill usd eur gbp chf jpy
gram kilogram ton ounce milligram pound microgram stone
millimetre centimetre metre kilometre inch foot yard mile
millilitre litre gallon milligram unit
second minute hour day week month quarter year millisecond
celsius fahrenheit kelvin
utc gmt cet est pst local
red green blue yellow black white orange grey
comma point dot semicolon tab pipe colon
json xml csv yaml html markdown toml pdf parquet protobuf xlsx table prose
null zero empty-string unknown default
shipped paid cancelled void pending refunded open delivered returned draft
north south east west
left right inner outer full cross
sum average median mean count minimum maximum mode
get post put patch delete
postgres mysql sqlite oracle clickhouse mongodb redis snowflake bigquery duckdb
npm yarn pnpm bun pip poetry conda uv cargo
vitest jest mocha pytest unittest junit jasmine
python javascript typescript java go rust ruby php kotlin swift
react vue angular svelte
docker podman kubernetes nomad
utf-8 latin-1 utf-16 ascii
md5 sha-1 sha-256 sha-512 bcrypt argon2 crc32 scrypt
string integer number float boolean object array decimal
email phone chat letter sms post fax
card cash invoice voucher transfer cheque paypal
supervisor manager engineer lawyer doctor nurse accountant customer pharmacist auditor
finance legal sales marketing support engineering security billing
buyer seller
sender recipient
truck train ship plane courier mail rail air sea road drone
horizontal vertical diagonal
daily weekly monthly quarterly yearly hourly annually
past present future
round-up round-down half-even nearest
camelcase snake-case kebab-case pascalcase
low medium high critical urgent normal
author title date price name size relevance popularity rating quantity spend revenue
invoice payment order delivery shipping contract booking signature dispatch
recent newest latest oldest earliest largest smallest biggest cheapest expensive highest lowest longest shortest nearest fastest slowest urgent
kwh mwh joule megajoule kj calorie kcal wh
staging production development test
cookie header query body path
first second third fourth last
gold silver bronze platinum basic premium
iso us european
fifo lifo
male female
oral intravenous topical subcutaneous intramuscular rectal
breakfast lunch dinner
country region city state
left right
bar line pie scatter histogram
rest graphql grpc soap
fcfs round-robin
inform direct
iso us european american
snake_case camelcase kebab-case pascalcase
const let var
merge rebase squash
postgresql mysql mariadb
azure aws gcp
slack teams discord
jira github gitlab linear
grep find sed awk
unix iso rfc
stdout stderr
fob cif exw dap ddp
fefo fifo lifo
metric imperial
kilometre mile
asia europe africa america australia
germany france italy spain uk usa china japan india
bank card cash crypto
inbox archive spam trash folder
creation modification expiry
warehouse shop office home
express standard overnight economy
aisle window middle
bolt screw nail
`;
