/**
 * Who may open and send to every route of the site. A route that stands in `src/routes` and not here fails the test,
 * and so does one that stands here and is gone.
 */
export const PERSONS = {
	stranger: null,
	handler: 'pengelola.mamuju',
	/** Works at another office. */
	foreign: 'pengelola.majene',
	/** A handler of the office whom the case names. */
	named: 'pengelola2.mamuju',
	supervisor: 'kepala.sulbar',
	manager: 'pemantau.mamuju',
	/** Administrator above the things the addresses speak of. */
	admin: 'admin.sulbar',
	/** Administrator of another office than theirs. */
	foreignAdmin: 'admin.mamuju',
	officer: 'petugas1.mamuju'
} as const;
export type Person = keyof typeof PERSONS;

const everyone = Object.keys(PERSONS) as Person[];
const signedIn = everyone.filter((person) => person !== 'stranger');
const desk: Person[] = ['handler', 'foreign', 'named', 'supervisor'];
const ofCase: Person[] = ['handler', 'supervisor'];
const managers: Person[] = ['manager'];
const admins: Person[] = ['admin', 'foreignAdmin'];
const rootAdmin: Person[] = ['admin'];

export interface Access {
	may: Person[];
	/** The address where it is not the route's own: `{name}` stands for a thing of the demo. */
	at?: string;
}

const open = (at?: string): Access => ({ may: everyone, at });
const only = (may: Person[], at?: string): Access => ({ may, at });
const each = (names: string[], access: (name: string) => [string, Access]) => Object.fromEntries(names.map(access));

export const ROUTES: Record<string, Access> = {
	'': open('/'),
	'[unit]': open('/mamuju'),
	...each(['layanan', 'nilai', 'nilai/terima-kasih', 'pengaduan', 'permintaan', 'saran'], (name) => [
		`[unit]/${name}`,
		open(`/mamuju/${name}`)
	]),
	'q/[code]': open('/q/MMJKTK'),
	// What a secret opens is open to whoever holds it, and to nobody else: these hold none.
	'nilai/[token]': only([], '/nilai/tidak-ada'),
	'kiosk/[token]': only([], '/kiosk/tidak-ada'),
	'sandi/[token]': only([], '/sandi/tidak-ada'),
	kiosk: only([]),
	'lacak/laporan': only([]),
	...each(['pesan', 'penilaian', 'sanggahan'], (name) => [`lacak/laporan/${name}`, only([])]),
	'terima/bukti': only([]),
	terima: open(),
	lacak: open(),
	'lacak/keluar': open(),
	privasi: open(),
	'berkas/[id]': only(ofCase, '/berkas/{file}'),
	'berkas/petugas/[id]': only([], '/berkas/petugas/{officer}'),
	login: open(),
	logout: open(),
	healthz: open(),
	readyz: open(),
	// On loopback, where the journeys run; elsewhere with METRICS_TOKEN only.
	metrics: open(),
	me: only(signedIn),
	...each(['desk', 'desk/approvals', 'desk/new', 'desk/new/cetak', 'desk/escalations'], (name) => [name, only(desk)]),
	'desk/escalations/[id]': only(ofCase, '/desk/escalations/{escalation}'),
	'desk/cases/[reference]': only(ofCase, '/desk/cases/{reference}'),
	...each(
		[
			'answer',
			'approval',
			'archive',
			'assignment',
			'contact',
			'escalation',
			'messages',
			'officers',
			'question',
			'receipt',
			'reopen',
			'reveal',
			'verification'
		],
		(name) => [`desk/cases/[reference]/${name}`, only(ofCase, `/desk/cases/{reference}/${name}`)]
	),
	...each(['insight', 'insight/cases', 'insight/ratings'], (name) => [name, only(managers, `/${name}?unit=mamuju`)]),
	'insight/method': only(managers),
	...each(
		[
			'admin',
			'admin/calendar',
			'admin/deadlines',
			'admin/lapor',
			'admin/log',
			'admin/log/csv',
			'admin/officers',
			'admin/officers/new',
			'admin/people',
			'admin/people/new',
			'admin/places',
			'admin/places/new',
			'admin/services',
			'admin/services/new',
			'admin/tokens',
			'admin/tokens/new',
			'admin/units',
			'admin/units/new'
		],
		(name) => [name, only(admins)]
	),
	'admin/calendar/[year]': only(admins, '/admin/calendar/2026'),
	'admin/calendar/[year]/csv': only(admins, '/admin/calendar/2026/csv'),
	// Every administrator reads the rules; that only those of a root unit change them, the domain's own tests show.
	'admin/deadlines/[key]': only(admins, '/admin/deadlines/{rule}'),
	'admin/lapor/[code]': only(rootAdmin, '/admin/lapor/7601'),
	'admin/officers/[id]': only(rootAdmin, '/admin/officers/{officer}'),
	'admin/officers/[id]/photo': only(rootAdmin, '/admin/officers/{officer}/photo'),
	'admin/people/[id]': only(rootAdmin, '/admin/people/{account}'),
	'admin/places/[id]': only(rootAdmin, '/admin/places/{place}'),
	'admin/places/[id]/sheet/[file]': only(rootAdmin, '/admin/places/{place}/sheet/a4.pdf'),
	'admin/services/[id]': only(rootAdmin, '/admin/services/{service}'),
	'admin/units/[code]': only(rootAdmin, '/admin/units/7601')
};
