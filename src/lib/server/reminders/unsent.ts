import { supervisorsNow, workersNow } from '#lib/server/cases/people.ts';
import { notifyOfCase, type Notifier } from './case-notice.ts';

const FORWARD = {
	forward_unknown: {
		subject: 'Belum pasti terkirim ke SP4N-LAPOR!',
		lines: ['Belum pasti apakah laporan ini sampai di SP4N-LAPOR!. Perlu dicek, lalu diputuskan.'],
		english: 'it is not certain that a report reached SP4N-LAPOR!; please check and decide.'
	},
	forward_stuck: {
		subject: 'Tertahan, belum terkirim ke SP4N-LAPOR!',
		lines: ['Laporan ini sudah sehari belum dapat dikirim ke SP4N-LAPOR!. Perlu tindakan.'],
		english: 'a report could not be sent to SP4N-LAPOR! for a day; it needs action.'
	}
};

/** Notifies workers and supervisors of a forward that may not have arrived, if it is still in that state. */
export const notifyOfForward =
	(kind: keyof typeof FORWARD): Notifier =>
	async (tx, caseWithUnit, { seq, at }) => {
		const { id, escalationState } = caseWithUnit.row;
		if (kind !== `forward_${escalationState}`) return;
		const people = [...(await workersNow(tx, caseWithUnit)), ...(await supervisorsNow(tx, caseWithUnit))];
		const mail = { ...FORWARD[kind], deadline: [] };
		await notifyOfCase(tx, caseWithUnit, people, { kind, onceKey: `${kind}:${id}:${seq}`, at, mail });
	};

/** Notifies workers of a message to the reporter that may not have arrived. */
export const notifyOfUndelivered: Notifier = async (tx, caseWithUnit, { seq, at }) => {
	const kind = 'undelivered';
	const mail = {
		subject: 'Pesan kepada pelapor mungkin tidak sampai',
		lines: ['Pesan kepada pelapor mungkin tidak sampai. Hubungi pelapor dengan cara lain.'],
		english: 'a message to the reporter may not have arrived; please use another way.',
		deadline: []
	};
	const onceKey = `${kind}:${caseWithUnit.row.id}:${seq}`;
	await notifyOfCase(tx, caseWithUnit, await workersNow(tx, caseWithUnit), { kind, onceKey, at, mail });
};
