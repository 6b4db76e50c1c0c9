import { inboundTableExample } from '#lib/server/escalation/from-lapor/csv.ts';
import { judgeInbound } from '#lib/server/escalation/from-lapor/import.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { download } from '#lib/server/web/http/file-response.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { tableOfForm, tableToFix } from '#lib/server/web/forms/inbound-table.ts';
import { signedIn } from '#lib/server/web/http/page-access.ts';

const asTable = (text: string, name: string) => download(Buffer.from(text), 'text/csv; charset=utf-8', `${name}.csv`);

export const GET = () => asTable(inboundTableExample(), 'contoh-sp4n-lapor');

export const POST = ({ request, locals }) =>
	asPage(async () => {
		const read = await readForm(request);
		const lines = await judgeInbound(signedIn(locals), read.data.unit, await tableOfForm(read));
		return asTable(tableToFix(lines), 'perlu-diperbaiki');
	});
