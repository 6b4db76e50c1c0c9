import { logCsvLine } from '#lib/server/people/audit-csv.ts';
import { wholeLog } from '#lib/server/people/audit-log.ts';
import { unitsForAdmin } from '#lib/server/people/units.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { logFilter } from '#lib/server/web/log-filter.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';

export const GET = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const [unit] = await unitsForAdmin(actor);
		const entries = wholeLog(actor, logFilter(url.searchParams), unit?.timeZone ?? 'Asia/Makassar');
		const encoder = new TextEncoder();
		const body = new ReadableStream({
			start: (controller) => controller.enqueue(encoder.encode(logCsvLine())),
			async pull(controller) {
				const { value, done } = await entries.next();
				if (done) controller.close();
				else controller.enqueue(encoder.encode(logCsvLine(value)));
			}
		});
		return new Response(body, {
			headers: {
				'content-type': 'text/csv; charset=utf-8',
				'content-disposition': 'attachment; filename="catatan-perubahan.csv"',
				'cache-control': 'private, no-store'
			}
		});
	});
