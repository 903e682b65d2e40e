import { createRequire } from 'node:module';
import type { GeometryCollection, MultiPolygon, Polygon, Topology } from 'topojson-specification';

/** A county as the atlas has it: name, and which arcs are its outline. */
export type AtlasCounty = Polygon<AtlasProperties> | MultiPolygon<AtlasProperties>;

interface AtlasProperties {
  readonly name: string;
}

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
  const topology = createRequire(import.meta.url)('us-atlas/counties-10m.json') as Topology<{
    counties: GeometryCollection<AtlasProperties>;
  }>;
  const counties = new Map<string, AtlasCounty>();
  for (const county of topology.objects.counties.geometries) {
    if (county.type === 'Polygon' || county.type === 'MultiPolygon') counties.set(String(county.id), county);
  }
  return { topology, counties };
}
