import type { Category } from '#lib/cases/vocabulary.ts';
import { answerDirectly } from '#lib/server/cases/answers/answer.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { openCase } from '#lib/server/cases/open-case.ts';
import { scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { changePublicPage, closedQuarters } from '#lib/server/insight/public-page.ts';
import { officeIn } from './build-offices.ts';
import { actorIn, type DemoRun } from './open-story.ts';
import { atMinute, ZONE } from './past-days.ts';

/** The office that gets a public page. These suggestions are enough for figures of one quarter. */
const OFFICE = 'mamuju-tengah';
const NINE_O_CLOCK = 9 * 60;

const SUGGESTIONS: readonly { category: Category; body: string; reply: string }[] = [
	{
		category: 'facilities',
		body: 'Kursi di ruang tunggu kurang banyak bila ada kunjungan rombongan.',
		reply: 'Kursi ruang tunggu sudah kami tambah menjadi dua belas. Terima kasih atas sarannya.'
	},
	{
		category: 'procedure',
		body: 'Alur permintaan data sebaiknya ditempel di dekat pintu masuk.',
		reply: 'Alur permintaan data sudah kami tempel di pintu masuk dan di papan layanan.'
	}
];

/**
 * Gives one office a public page, with a finished quarter of suggestions that were answered within days. Leaves the clock at
 * the last working day.
 */
export async function buildFigures(run: DemoRun): Promise<void> {
	const { offices, actors, days, setClock } = run;
	const office = officeIn(offices, OFFICE);
	const admin = actors.get('administrator.sulbar');
	const [quarter] = closedQuarters(ZONE);
	if (!admin || !quarter) throw new Error('the demo has no office to show figures of');
	const handler = actorIn(run, 'handler', OFFICE);
	const working = days.workingDaysSince(quarter.from);
	for (let nth = 0; nth < 14; nth += 1) {
		const suggestion = SUGGESTIONS[nth % SUGGESTIONS.length]!;
		setClock(atMinute(working[nth * 2] ?? quarter.from, NINE_O_CLOCK + nth));
		const sent = {
			unit: office.code,
			kind: 'suggestion',
			body: suggestion.body,
			identity: 'none',
			submission_id: crypto.randomUUID()
		};
		const { reference } = await openCase(sent, { by: 'form', channel: nth % 3 === 0 ? 'qr' : 'web' });
		setClock(atMinute(working[nth * 2 + 1 + (nth % 3)] ?? quarter.from, NINE_O_CLOCK + 60));
		const answer = { category: suggestion.category, priority: 'normal', body: suggestion.reply, version: 1 };
		await answerDirectly(handler, reference, answer, { files: [] });
		const { row } = await caseForActor(handler, reference);
		await scoreAnswer(row.id, { score: nth % 2 === 0 ? 5 : 4 });
	}
	setClock(atMinute(days.workingDay(1), NINE_O_CLOCK));
	await changePublicPage(admin, office.id, {
		active: 'on',
		changes: 'Kursi ruang tunggu ditambah menjadi dua belas.\nAlur permintaan data ditempel di pintu masuk.'
	});
}
