import { beforeAll, expect, test } from 'vitest';
import type { Actor } from '#lib/server/people/actor.ts';
import { listPeople } from '#lib/server/people/directory.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { idOf, makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import * as officer from './officers/new/+page.server.ts';
import * as person from './people/new/+page.server.ts';
import * as absence from './people/[id]/+page.server.ts';
import * as place from './places/new/+page.server.ts';
import * as rule from './routing/new/+page.server.ts';
import * as service from './services/new/+page.server.ts';
import * as template from './templates/new/+page.server.ts';
import * as office from './units/new/+page.server.ts';

type Fields = Record<string, string>;
type Call = (event: never) => Promise<unknown>;

let unit: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;
let clerk: Actor;
beforeAll(async () => {
	unit = await makeUnit({ parent: await makeUnit() });
	admin = await makeActor([[unit.id, 'admin']]);
	clerk = await makeActor([[unit.id, 'manager']]);
});

interface Form {
	page: { load: unknown };
	action: unknown;
	/** The records of this kind. */
	stored: () => Promise<readonly unknown[]>;
	fields: () => Fields;
	/** A correction with which the form stores a record of its own. */
	correction?: Fields;
}
const forms: Record<string, Form> = {
	account: {
		page: person,
		action: person.actions.default,
		stored: () => listPeople(admin),
		fields: () => ({ name: 'Ani', username: 'ani.contoh', roles: 'manager' })
	},
	absence: {
		page: absence,
		action: absence.actions.absent,
		stored: async () => (await referenceData()).absences,
		fields: () => ({ fromDay: '2099-03-01', toDay: '2099-03-02' }),
		correction: { toDay: '2099-03-03' }
	},
	officer: {
		page: officer,
		action: officer.actions.default,
		stored: async () => (await referenceData()).officers,
		fields: () => ({ name: 'Budi', active: 'on', accountId: idOf(clerk) })
	},
	place: {
		page: place,
		action: place.actions.default,
		stored: async () => (await referenceData()).places,
		fields: () => ({ name: 'Kotak', kind: 'box' }),
		correction: { name: 'Kotak Dua' }
	},
	rule: {
		page: rule,
		action: rule.actions.default,
		stored: async () => (await referenceData()).routingRules,
		fields: () => ({ name: 'Aturan', assign: 'workload', active: 'on' }),
		correction: { name: 'Aturan Dua' }
	},
	service: {
		page: service,
		action: service.actions.default,
		stored: async () => (await referenceData()).services,
		fields: () => ({ name: 'Perpustakaan', nameEn: 'Library', kind: 'library', active: 'on' })
	},
	template: {
		page: template,
		action: template.actions.default,
		stored: async () => (await referenceData()).templates,
		fields: () => ({ name: 'Jawaban', use: 'answer', language: 'id', body: 'Terima kasih atas laporan Anda.' }),
		correction: { name: 'Jawaban Dua' }
	},
	office: {
		page: office,
		action: office.actions.default,
		stored: async () => (await referenceData()).units,
		fields: () => ({
			name: 'Kantor Contoh',
			code: '0101',
			slug: 'kantor-contoh',
			timeZone: 'Asia/Makassar',
			'hours.start': '08:00',
			'hours.end': '16:00',
			accent: '#0B5CAD'
		})
	}
};

const eventFor = (fields?: Fields) =>
	requestTo(`/admin?unit=${unit.code}`, { actor: admin, fields, params: { id: idOf(clerk) } });

test.each(Object.entries(forms))('a form of a new %s that is sent several times is stored once', async (_, form) => {
	const { submissionId } = (await (form.page.load as Call)(eventFor())) as { submissionId: string };
	const fields = { unitId: unit.id, parentId: unit.id, ...form.fields(), submission_id: submissionId };
	const send = async (changes: Fields = {}) => {
		const event = eventFor({ ...fields, ...changes });
		const answer = await (form.action as Call)(event).catch((thrown: unknown) => thrown);
		return (answer as { location?: string }).location ?? answer;
	};
	const count = async () => (await form.stored()).length;
	const before = await count();
	const [first, second] = await Promise.all([send(), send()]);
	expect([second, await send()]).toEqual([first, first]);
	expect(first).toMatch(/^\/admin\/\S+saved(?:&made)?$/);
	expect(await count()).toBe(before + 1);
	if (!form.correction) return;
	await send(form.correction);
	expect(await count(), 'a corrected form is not dropped').toBe(before + 2);
});
