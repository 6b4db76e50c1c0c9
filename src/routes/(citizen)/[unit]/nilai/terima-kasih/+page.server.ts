import { isUuid } from '#lib/text/uuid.ts';
import { SERVICE_KINDS } from '#lib/cases/vocabulary.ts';

export const load = ({ url, params }) => {
	if (!url.searchParams.has('kurang')) return { complain: null };
	const known = new URLSearchParams();
	const officer = url.searchParams.get('petugas') ?? '';
	const service = SERVICE_KINDS.find((one) => one === url.searchParams.get('layanan'));
	if (isUuid(officer)) known.set('petugas', officer);
	if (service) known.set('layanan', service);
	return { complain: `/${params.unit}/pengaduan${known.size > 0 ? `?${known}` : ''}` };
};
