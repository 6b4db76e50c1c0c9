import { formatDay } from '#lib/calendar/format.ts';
import { notify } from '#lib/server/channels/notices.ts';
import { transaction } from '#lib/server/db/index.ts';
import type { JobPayloads } from '#lib/server/jobs/queue.ts';

/** Notifies a person of an absence that somebody else entered, because others may then approve in their place. */
export async function notifyOfAbsence(entered: JobPayloads['absence-entered']): Promise<void> {
	const { accountId, at, by, fromDay, toDay } = entered;
	const mail = {
		subject: 'Anda dicatat tidak hadir di SPATULA',
		lines: [
			`${by} mencatat Anda tidak hadir dari ${formatDay(fromDay, 'id')} sampai ${formatDay(toDay, 'id')}.`,
			'Jika tidak benar, hapus catatan itu agar jawaban tetap menunggu persetujuan Anda.'
		],
		english: 'somebody recorded your absence. If it is not true, remove it.'
	};
	const occasion = { kind: 'absence_entered' as const, onceKey: `absence_entered:${at}`, caseId: null };
	const data = { by, from: fromDay, to: toDay };
	await transaction((tx) => notify(tx, [accountId], { ...occasion, at: new Date(at), data, page: '/me', mail }));
}
