import { channelFindings } from './channels.ts';
import type { Condition, Finding, Subject } from './finding.ts';
import {
	clockFinding,
	databaseFinding,
	diskFinding,
	errorsFinding,
	settingsFindings,
	siteFinding,
	type RequestFacts
} from './machine.ts';
import {
	backupFindings,
	calendarFinding,
	jobsFindings,
	laporFinding,
	logFindings,
	mailFinding,
	officesFindings,
	outgoingFindings,
	pushFindings
} from './work.ts';
import { log } from '#lib/server/log.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';

type Findings = Finding | Finding[];

const CHECKS = {
	database: databaseFinding,
	disk: diskFinding,
	jobs: jobsFindings,
	outgoing: outgoingFindings,
	lapor: laporFinding,
	mail: mailFinding,
	channels: () => channelFindings(),
	push: pushFindings,
	log: logFindings,
	calendar: calendarFinding,
	offices: officesFindings,
	backup: backupFindings,
	clock: clockFinding,
	errors: errorsFinding
} satisfies Partial<Record<Subject, () => Findings | Promise<Findings>>>;
type Checked = keyof typeof CHECKS;

const URGENCY: readonly Condition[] = ['bad', 'watch', 'off', 'good'];

/**
 * The health of the site, the most urgent findings first. A check that fails is a finding itself and hides no other
 * finding.
 * @throws NotAllowed if the actor administers no root unit
 */
export async function siteHealth(actor: Actor, seen: RequestFacts): Promise<Finding[]> {
	await requireRootAdmin(actor);
	const findings = await Promise.all((Object.keys(CHECKS) as Checked[]).map(findingsOf));
	const all = [...findings.flat(), ...settingsFindings(seen), siteFinding()];
	const urgency = ({ condition }: Finding) => URGENCY.indexOf(condition);
	return all.sort((a, b) => urgency(a) - urgency(b));
}

/** Checks one part of the site. */
export async function findingsOf(subject: Checked): Promise<Finding[]> {
	try {
		return [await CHECKS[subject]()].flat();
	} catch (error) {
		log().error({ subject, err: error }, 'a health check failed');
		return [{ subject, condition: 'bad', code: 'unseen' }];
	}
}
