import { db } from '#lib/server/db/index.ts';
import type { Condition, Finding, Subject } from './finding.ts';
import {
	clockFinding,
	databaseFinding,
	diskFinding,
	errorsFinding,
	settingsFindings,
	siteFinding,
	type Seen
} from './machine.ts';
import { backupFindings, calendarFinding, jobsFinding, laporFinding, mailFinding, outgoingFindings } from './work.ts';
import { log } from '#lib/server/log.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';

type Found = Finding | Finding[];

const LOOKED_AT: readonly [Subject, () => Found | Promise<Found>][] = [
	['database', databaseFinding],
	['disk', diskFinding],
	['jobs', jobsFinding],
	['outgoing', outgoingFindings],
	['lapor', laporFinding],
	['mail', mailFinding],
	['calendar', calendarFinding],
	['backup', backupFindings],
	['clock', clockFinding],
	['errors', errorsFinding]
];

const URGENCY: readonly Condition[] = ['bad', 'watch', 'off', 'good'];

/**
 * What is wrong with the site and what is not, what presses first. A part that can't be looked at is a finding itself and hides
 * no other.
 * @throws NotAllowed if the actor administers no root unit
 */
export async function siteHealth(actor: Actor, seen: Seen): Promise<Finding[]> {
	await requireRootAdmin(db(), actor);
	const found = await Promise.all(LOOKED_AT.map(([subject, look]) => lookedAt(subject, look)));
	const all = [...found.flat(), ...settingsFindings(seen), siteFinding()];
	const urgency = ({ condition }: Finding) => URGENCY.indexOf(condition);
	return all.sort((a, b) => urgency(a) - urgency(b));
}

async function lookedAt(subject: Subject, look: () => Found | Promise<Found>): Promise<Found> {
	try {
		return await look();
	} catch (error) {
		log().error({ subject, err: error }, 'a part of the site could not be looked at');
		return { subject, condition: 'bad', code: 'unseen' };
	}
}
