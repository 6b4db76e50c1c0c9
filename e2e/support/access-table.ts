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
const nobody: Person[] = [];
const signedIn = everyone.filter((person) => person !== 'stranger');
const desk: Person[] = ['handler', 'foreign', 'named', 'supervisor'];
const office: Person[] = ['handler', 'named', 'supervisor'];
const ofCase: Person[] = ['handler', 'supervisor'];
const managers: Person[] = ['manager'];
const reporters: Person[] = [...managers, 'supervisor'];
const admins: Person[] = ['admin', 'foreignAdmin'];
const rootAdmin: Person[] = ['admin'];
const keepers: Person[] = [...admins, 'supervisor'];

const NONE = '00000000-0000-4000-8000-000000000000';

/**
 * Who may open and send, and the routes by an address of each: `[name=value]` is a parameter with its value, `{name}` the id
 * of a thing of the demo, `{reference}` and `{answered}` cases.
 */
const TABLE: [may: Person[], addresses: string][] = [
	[
		everyone,
		`/ terima lacak lacak/keluar privasi login logout lupakan.css healthz readyz q/[code=MMJKTK]
		[unit=mamuju] [unit=mamuju]/layanan [unit=mamuju]/nilai [unit=mamuju]/nilai/terima-kasih
		[unit=mamuju]/pengaduan [unit=mamuju]/permintaan [unit=mamuju]/saran`
	],
	// Where an office runs the satisfaction survey, and where one shows its figures.
	[everyone, '[unit=mamuju]/skm [unit=mamuju]/skm/hasil [unit=mamuju]/skm/terima-kasih [unit=mamuju-tengah]/angka'],
	// Open to all callers: each rating needs its device's signature, and these send none.
	[everyone, 'kiosk/ratings'],
	// Leads on to the page of the report, which asks for the code.
	[everyone, 'lacak/laporan/bagian'],
	// On loopback, where the journeys run; elsewhere with METRICS_TOKEN only.
	[everyone, 'metrics'],
	// Pages that a secret opens: none of these persons has one.
	[
		nobody,
		`nilai/[token=tidak-ada] kiosk/[token=tidak-ada] sandi/[token=tidak-ada] surel/[token=tidak-ada]
		kiosk kiosk/keluar kiosk/key kiosk/state lacak/laporan lacak/laporan/pesan lacak/laporan/penilaian
		lacak/laporan/sanggahan lacak/laporan/surat/{file} terima/bukti berkas/petugas/{officer}`
	],
	// Everybody's own. Access changes: who may decide stands in `people/access/changes.db.spec.ts`.
	[signedIn, 'me me/access desk/notices'],
	// Each is its owner's alone: these persons have no notice (`notices.e2e.ts` shows one), export or question.
	[nobody, `desk/notices/[id=${NONE}] desk/exports/{visit} me/questions/{visit}`],
	[
		desk,
		`desk desk/approvals desk/new desk/new/cetak desk/escalations desk/live desk/visits desk/views desk/exports
		desk/exports/file?format=csv desk/register desk/roster desk/unrecorded desk/unrecorded/next desk/digest
		desk/inbound desk/inbound/new desk/inbound/table desk/inbound/table/csv`
	],
	// Shows of what was picked only what may be seen: here nothing was.
	[desk, 'desk/bulk?verb=archive&pick={reference}:1'],
	// Whose lists they are is decided by each list; a file may be empty.
	[
		desk,
		'desk/excel desk/approvals/excel desk/escalations/excel desk/unrecorded/excel desk/inbound/excel desk/visits/excel'
	],
	// LAPOR's public list of agencies, for people who forward.
	[desk, 'desk/institutions'],
	[office, 'desk/visits/{visit} desk/visits/{visit}/slip desk/register/excel?unit=mamuju&year=2026'],
	// Another office's desk: who works there reads its roster, and who stands above it.
	[['foreign', 'supervisor'], 'desk/roster/{desk}'],
	[
		ofCase,
		`berkas/{file} desk/inbound/{inbound} desk/escalations/{escalation} desk/cases/{reference}
		desk/cases/{answered}/letter/{letter}`
	],
	[
		ofCase,
		`berkas answer approval archive assignment clarification classification contact direct escalation link
		main-answer messages objection officers presence question receipt reopen reporter-answer reveal sealed
		split unit unlink verification`.replace(/\S+/g, 'desk/cases/{reference}/$&')
	],
	// Of a restricted report only, and by POST: this one is none.
	[nobody, 'desk/cases/{reference}/sealed/pdf'],
	// Figures of reports are for those who handle them as well.
	[[...office, 'manager'], 'insight/cases?unit=mamuju'],
	// An office alone is led from the list of units to its own page.
	[
		managers,
		`insight?unit=mamuju insight/ratings?unit=mamuju insight/skm?unit=mamuju insight/skm/answers?unit=mamuju
		insight/skm/publish?unit=mamuju insight/units?unit=mamuju insight/units/[unit=mamuju]
		insight/officers/{ownOfficer} insight/method insight/review`
	],
	// Supervisors file the reports of their office, managers or not.
	[
		reporters,
		`insight/rekap?unit=mamuju insight/rekap/[unit=mamuju]/[period=2026-01]
		insight/rekap/[unit=mamuju]/[period=2026-01]/pdf insight/rekap/[unit=mamuju]/[period=2026-01]/excel`
	],
	[
		admins,
		`admin admin/calendar admin/calendar/[year=2026] admin/calendar/[year=2026]/csv admin/deadlines admin/lapor
		admin/lapor/options admin/log admin/log/csv admin/mail admin/mail/letters admin/officers admin/officers/new
		admin/people admin/people/new admin/places admin/places/new admin/routing admin/routing/try admin/services
		admin/services/new admin/skm admin/tokens admin/tokens/new admin/units admin/units/new`
	],
	// Every administrator reads the rules; that only those of a root unit change them, the domain's own tests show.
	[admins, 'admin/deadlines/[key={rule}]'],
	[
		rootAdmin,
		`admin/health admin/ratings admin/lapor/status admin/backup admin/lapor/[code=7601]
		admin/lapor/[code=7601]/targets admin/officers/{officer} admin/officers/{officer}/photo admin/people/{account}
		admin/places/{place} admin/places/{place}/sheet/[file=a4.pdf] admin/places/{desk}/roster admin/routing/words
		admin/routing/new?unit=7601 admin/routing/{routing} admin/services/{service} admin/skm/[code=7601]
		admin/units/[code=7601]`
	],
	// None was made that could be taken; who may is the page's rule, which the domain asks again.
	[nobody, `admin/backup/[id=${NONE}]`],
	// Supervisors write the texts their offices answer with.
	[keepers, 'admin/templates admin/templates/new'],
	[['admin', 'supervisor'], 'admin/templates/{template}']
];

const routeOf = (address: string): string =>
	address
		.replace(/^\/|\?.*/g, '')
		.replace(/\[(\w+)=[^\]]*\]/g, '[$1]')
		.replace(/\{(reference|answered)\}/g, '[reference]')
		.replace(/\{\w+\}/g, '[id]');

/** By route: who may, and an address of it in which `{name}` stands for a thing of the demo. */
export const ROUTES: Record<string, { may: Person[]; at?: string }> = Object.fromEntries(
	TABLE.flatMap(([may, addresses]) =>
		addresses
			.split(/\s+/)
			.map((one) => [routeOf(one), { may, at: `/${one.replace(/^\//, '').replace(/\[\w+=([^\]]*)\]/g, '$1')}` }])
	)
);

/** The address of a route, its `{name}`s replaced by things. */
export const addressOf = (route: string, known: Record<string, string>): string =>
	(ROUTES[route]?.at ?? `/${route}`).replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? 'missing');
