import { supervisorsNow, workersNow } from '#lib/server/cases/people.ts';
import { notifyOfCase, type Notifier } from './case-notice.ts';

/** Notifies workers and supervisors of a forward that may not have arrived, if it is still in that state. */
export const notifyOfForward =
	(kind: 'forward_unknown' | 'forward_stuck'): Notifier =>
	async (tx, caseWithUnit, { seq, at }) => {
		if (kind !== `forward_${caseWithUnit.row.escalationState}`) return;
		const people = [...(await workersNow(tx, caseWithUnit)), ...(await supervisorsNow(tx, caseWithUnit))];
		await notifyOfCase(tx, caseWithUnit, people, { kind, occasion: seq, at });
	};

/** Notifies workers of a message to the reporter that may not have arrived. */
export const notifyOfUndelivered: Notifier = async (tx, caseWithUnit, { seq, at }) => {
	const workers = await workersNow(tx, caseWithUnit);
	await notifyOfCase(tx, caseWithUnit, workers, { kind: 'undelivered', occasion: seq, at });
};
