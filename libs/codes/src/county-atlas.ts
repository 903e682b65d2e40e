import { createRequire } from 'node:module';
import type { feature } from 'topojson-client';

/** What topojson-client decodes from. */
type Topology = Parameters<typeof feature>[0];

/** A county as the atlas has it: which arcs are its outline, a negative number being that of the complement, backwards. */
export type AtlasCounty = { readonly id: string; readonly properties: { readonly name: string } } & (
  | { readonly type: 'Polygon'; readonly arcs: number[][] }
  | { readonly type: 'MultiPolygon'; readonly arcs: number[][][] }
);

/**
 * us-atlas: the Census Bureau's cartographic boundaries of 2017, clipped to the shore, simplified and quantized. The arcs
 * stay encoded until somebody asks for a shape.
 */
export interface CountyAtlas {
  readonly topology: Topology;
  /** By five-digit FIPS code. */
  readonly counties: ReadonlyMap<string, AtlasCounty>;
}

let loaded: CountyAtlas | undefined;

/** The atlas. Read at the first call: parsing it takes tens of milliseconds. */
export function countyAtlas(): CountyAtlas {
  loaded ??= readAtlas();
  return loaded;
}

function readAtlas(): CountyAtlas {
  const topology = createRequire(import.meta.url)('us-atlas/counties-10m.json') as Topology & {
    readonly objects: { readonly counties: { readonly geometries: readonly AtlasCounty[] } };
  };
  return { topology, counties: new Map(topology.objects.counties.geometries.map((county) => [county.id, county])) };
}
