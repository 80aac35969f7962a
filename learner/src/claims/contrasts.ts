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
reuse | recreate rebuild
patch | rewrite
monolith | microservice
tab | window
ship dispatch send | hold withhold keep
prioritise first | deprioritise last
accurate precise | rough approximate
acknowledge confirm | ignore
adjust correct | leave unchanged
advance prepay | arrears postpay
affirmative opt-in | opt-out
aggregate aggregated summarise total | raw individual detailed line-item
all every entire | none no-one
alphabetical chronological | random
annotate | strip
append last | prepend first
approve | reject
archive | delete
assign | unassign
authenticated login signed-in | anonymous guest signed-out
backward | forward
bigger | smaller
bind | unbind
bold | plain
build | buy
canary gradual staged | all-at-once big-bang
capitalise | expense
case-insensitive | case-sensitive
centralise | distribute
chill refrigerate | ambient room-temperature
clockwise | counterclockwise
commit | abort
compile | interpret
concrete | abstract
consume | produce
continuous | discrete
cumulative running | per-period periodic
customer-facing external | internal
daily | weekly monthly
deep full | shallow partial
depreciate | expense
discourage | encourage
double | halve single
duplicate repeat | unique distinct dedupe deduplicate
elective | emergency
emphasise | downplay
enforce | waive relax
even | odd
exact | fuzzy
exempt | subject taxable
explain justify | withhold
fail-open | fail-closed
fasten | loosen
flexible | fixed
foreground | background
global | local
hard-code hardcode | configure parameter
head | tail
imperative | declarative
inbound incoming | outbound outgoing
independent | dependent
inherit | compose composition
insured | uninsured
interactive | batch
joint | separate
kind gentle | harsh firm
lead | follow
lead-in upfront | footnote appendix
link reference | copy duplicate
live | recorded cached
lossless | lossy
masked | unmasked clear
match | mismatch
modern | legacy
mute | unmute
narrow | wide broad
native | foreign
nominal | real
normalised | denormalised
notify | silence mute
null | not-null
obsolete deprecated | current supported
once | repeatedly always every-time
original | translated converted copy
overlap | disjoint
overestimate | underestimate
paid | unpaid
paper printed post | digital electronic online
peak | off-peak
prescription | over-the-counter
present show | omit
pro-rata prorated | full
proactive unasked | on-request asked
promote | demote
pseudonym anonymise anonymous | real
qualitative | quantitative
queue | drop
quote | paraphrase
reactive | proactive
recommend | warn
recursive | iterative
refundable | non-refundable
register | unregister
reimburse | deny
reopen | close new
reschedule rebook | cancel
restrict limit | open unrestricted unlimited
reversible | irreversible
scheduled | on-demand
sealed | open
secured | unsecured
shared common | own separate dedicated
shipping-date shipped | order-date ordered
sign | unsigned
simple | compound
sober | humorous
stateful | stateless
stop | start
surface ground | air
sweet | salty
symmetric | asymmetric
tax-free | taxed
thick | thin
throw raise | return swallow catch
top-down | bottom-up
transparent | opaque
two-sided | one-sided
typed | untyped
upgrade | downgrade
upload | download
validate check | trust skip
visible | hidden
wait | proceed
`;
