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
asia europe africa america australia
germany france italy spain uk usa china japan india
bank card cash crypto
inbox archive spam trash folder
creation modification expiry
warehouse shop office home
express standard overnight economy
aisle window middle
bolt screw nail
ounce gram cup tablespoon teaspoon
hex decimal binary octal
base64 hex
monthly annual quarterly daily
pickup delivery
phone email chat ticket
bcc cc
nps csat ces
mobile desktop tablet
buyer seller broker
invoice receipt quote
sedan truck van
aspirin ibuprofen paracetamol acetaminophen
arm thigh
adult child infant
mae rmse mape
precision recall accuracy f1
stripe paypal adyen
visa mastercard amex
ups fedex dhl usps
pallet parcel container
apa mla chicago harvard
arial times
portrait landscape
exception null default
warning error info debug
tcp udp
ssh ftp sftp https http
oauth basic
jwt cookie session
left right center
monday-first sunday-first
title subtitle abstract body
`;
