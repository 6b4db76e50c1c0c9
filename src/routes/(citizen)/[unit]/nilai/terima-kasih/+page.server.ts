import { complaintPath, knownFrom } from '#lib/server/web/what-is-known.ts';

export const load = ({ url, params }) => ({
	complain: url.searchParams.has('kurang') ? complaintPath(params.unit, knownFrom(url)) : null
});
