import { expect, test } from 'vitest';
import { dayOff } from '#lib/calendar/working-calendar.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { actions } from './+page.server.ts';

test('a file that Excel saved as Windows-1252 keeps the signs of its names', async () => {
	const actor = await makeActor([[(await makeUnit()).id, 'admin']]);
	const fields = new FormData();
	fields.set('decree', 'SKB 1/2027');
	// In Windows-1252 byte 0x92 is the apostrophe ’.
	const bytes = Buffer.from('date;kind;name\n2028-01-01;nasional;Isra Mi\x92raj', 'latin1');
	fields.set('file', new File([bytes], 'libur.csv', { type: 'text/csv' }));
	const loading = actions.load(requestTo('/admin/calendar/2028', { actor, fields, params: { year: '2028' } }));
	await expect(loading).rejects.toMatchObject({ location: '/admin/calendar/2028?saved&moved=0' });
	expect(dayOff('2028-01-01', await loadCalendar())?.name).toBe('Isra Mi’raj');
});
