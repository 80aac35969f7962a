/** The database as the agent sees it. What the codes mean is nowhere written: that is what it has to learn. */
export const SCHEMA: string = `
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, sector TEXT, branch TEXT, lifecycle TEXT, joined_on TEXT);
CREATE TABLE accounts (id INTEGER PRIMARY KEY, login TEXT, plan TEXT, branch TEXT, registered_on TEXT);
CREATE TABLE visits (id INTEGER PRIMARY KEY, page TEXT, device TEXT, cookie TEXT, member TEXT, branch TEXT, visited_on TEXT);
CREATE TABLE reviews (id INTEGER PRIMARY KEY, product TEXT, stars INTEGER, branch TEXT, written_on TEXT);
CREATE TABLE parcels (id INTEGER PRIMARY KEY, carrier TEXT, weight TEXT, branch TEXT, sent_on TEXT);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, amount INTEGER, status TEXT, channel TEXT, branch TEXT, issued_on TEXT);
CREATE TABLE tickets (id INTEGER PRIMARY KEY, topic TEXT, hours INTEGER, note TEXT, branch TEXT, opened_on TEXT);
`.trim();
