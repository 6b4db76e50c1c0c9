import { liveStream } from '#lib/server/web/live-stream.ts';

export const GET = liveStream;
