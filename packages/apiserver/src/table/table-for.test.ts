import { describe, expect, it } from "vitest";
import { builtInColumns } from "./built-in-columns.ts";
import { customColumns } from "./custom-columns.ts";
import { tableFor, type TableOptions } from "./table-for.ts";

const NOW = Date.parse("2026-01-01T00:05:00Z");
const object = {
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { name: "one", resourceVersion: "7", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: { size: 3 },
};
const columns = customColumns({ additionalPrinterColumns: [{ name: "Size", type: "integer", jsonPath: ".spec.size", priority: 1 }] });

function tableWith(options: Partial<TableOptions>): ReturnType<typeof tableFor> {
  return tableFor({ columns }, [object], {
    includeObject: "Metadata",
    nowMs: NOW,
    listMetadata: { resourceVersion: "9" },
    version: "v1",
    ...options,
  });
}

describe("tableFor", () => {
  it("makes a row of cells and metadata from each object", () => {
    expect(tableWith({})).toEqual({
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata: { resourceVersion: "9" },
      columnDefinitions: [
        { name: "Name", type: "string", format: "name", description: expect.stringContaining("Name must be unique"), priority: 0 },
        {
          name: "Size",
          type: "integer",
          format: "",
          description: "Custom resource definition column (in JSONPath format): .spec.size",
          priority: 1,
        },
      ],
      rows: [{ cells: ["one", 3], object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata } }],
    });
  });

  it("includes the whole object, or none, when asked", () => {
    expect(tableWith({ includeObject: "Object" })["rows"]).toEqual([{ cells: ["one", 3], object }]);
    expect(tableWith({ includeObject: "None" })["rows"]).toEqual([{ cells: ["one", 3], object: null }]);
  });

  it("leaves the columns out of a watch's later events", () => {
    expect(tableWith({ withColumns: false })["columnDefinitions"]).toBeNull();
  });

  it("speaks v1beta1 to those who ask for it", () => {
    const table = tableWith({ version: "v1beta1" });
    expect(table["apiVersion"]).toBe("meta.k8s.io/v1beta1");
    expect(table["rows"]).toMatchObject([{ object: { apiVersion: "meta.k8s.io/v1beta1" } }]);
  });

  it("shows an age when a CRD has no columns of its own", () => {
    const table = tableFor({ columns: customColumns({}) }, [object], {
      includeObject: "None",
      nowMs: NOW,
      listMetadata: {},
      version: "v1",
    });
    expect(table["rows"]).toEqual([{ cells: ["one", "5m"], object: null }]);
    expect(table["columnDefinitions"]).toMatchObject([{ name: "Name" }, { name: "Age", type: "date" }]);
  });

  it("has null for rows where there are none and the kind has no columns of its own", () => {
    const options = { includeObject: "None", nowMs: NOW, listMetadata: {}, version: "v1" } as const;
    expect(tableFor({ columns: builtInColumns("", "limitranges") }, [], options)).toMatchObject({ rows: null });
    expect(tableFor({ columns }, [], options)).toMatchObject({ rows: [] });
  });
});
