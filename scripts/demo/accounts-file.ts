import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ACCOUNTS_FILE = 'demo-accounts.json';

export interface DemoAccount {
	username: string;
	password: string;
	name: string;
	unit: string;
	roles: readonly string[];
}

/** A report with the code that opens it on the tracking page; `name` is that of its story. */
export interface DemoReport {
	name: string;
	reference: string;
	receipt: string;
}

export interface SavedAccounts {
	accounts: DemoAccount[];
	reports: DemoReport[];
}

/** Keeps what was made for this installation where only its owner can read it. */
export function saveAccounts(folder: string, { accounts, reports }: SavedAccounts): string {
	const path = join(folder, ACCOUNTS_FILE);
	writeFileSync(path, `${JSON.stringify({ accounts, reports }, null, '\t')}\n`, { mode: 0o600 });
	chmodSync(path, 0o600);
	return path;
}
