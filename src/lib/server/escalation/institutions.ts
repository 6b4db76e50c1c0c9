import { eq } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { askCircuit, noteCall } from '#lib/server/escalation/circuit.ts';
import { laporClient } from '#lib/server/escalation/lapor-client.ts';
import { classifyRead } from '#lib/server/escalation/side-outcome.ts';
import { readInstitutions, type Institution } from '#lib/server/integrations/lapor/masters.ts';

const KEY = 'lapor.institutions';
const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

interface Stored {
	/** When the list was asked for last, and whether it came. */
	askedAt: string;
	ok: boolean;
	items: Institution[];
}

async function stored(on: Database | Tx): Promise<Stored | undefined> {
	const [row] = await on.select({ value: settings.value }).from(settings).where(eq(settings.key, KEY));
	return row?.value as Stored | undefined;
}

/** The agencies LAPOR lists, as they were read last; empty until they have been. */
export async function institutions(on: Database | Tx = db()): Promise<Institution[]> {
	return (await stored(on))?.items ?? [];
}

/** Reads the list anew once a day, after a failure once an hour; keeps the old one where no new one comes. */
export async function refreshInstitutions(): Promise<void> {
	const client = laporClient();
	if (!client) return;
	const before = await stored(db());
	const age = before ? now().getTime() - Date.parse(before.askedAt) : Infinity;
	if (age < (before?.ok ? DAY_MS : HOUR_MS)) return;
	const asked = await askCircuit('masters');
	if ('openUntil' in asked) return;
	const seen = await client.institutions();
	const read = classifyRead(seen, now()).outcome === 'read' ? readInstitutions(seen.json) : undefined;
	await noteCall(asked.leave, read !== undefined);
	const value = { askedAt: now().toISOString(), ok: read !== undefined, items: read ?? before?.items ?? [] };
	await db().insert(settings).values({ key: KEY, value }).onConflictDoUpdate({ target: settings.key, set: { value } });
}

export interface Target {
	/** Undefined: no number is known, which a report by API needs. */
	id: number | undefined;
	name: string;
}

/**
 * The institution that a handler or another system names: by LAPOR's number or by name as the list has it. A name that
 * is in no list is taken as it stands, for reports that a person enters by hand.
 */
export async function targetNamed(on: Database | Tx, given: string): Promise<Target> {
	const list = await institutions(on);
	const wanted = given.trim().replace(/\s+/g, ' ');
	if (/^[1-9]\d{0,14}$/.test(wanted))
		return { id: Number(wanted), name: list.find((one) => one.id === wanted)?.name ?? wanted };
	const match = list.find((one) => one.name.toLowerCase() === wanted.toLowerCase());
	return { id: match ? Number(match.id) : undefined, name: match?.name ?? wanted };
}
