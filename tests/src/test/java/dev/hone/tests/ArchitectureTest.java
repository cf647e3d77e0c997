package dev.hone.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the house point down; see docs/architecture.md. */
@AnalyzeClasses(packages = "dev.hone", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule roomsKnowOnlyTheRoomsBelowThem =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("dev.hone..")
          .layer("tests")
          .definedBy("dev.hone.tests..")
          .layer("pipeline")
          .definedBy("dev.hone.pipeline..")
          .layer("rewards")
          .definedBy("dev.hone.rewards..")
          .optionalLayer("sandbox")
          .definedBy("dev.hone.sandbox..")
          .layer("policy")
          .definedBy("dev.hone.policy..")
          .optionalLayer("kernels")
          .definedBy("dev.hone.kernels..")
          .whereLayer("tests")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("pipeline")
          .mayOnlyBeAccessedByLayers("tests")
          .whereLayer("rewards")
          .mayOnlyBeAccessedByLayers("pipeline", "tests")
          .whereLayer("sandbox")
          .mayOnlyBeAccessedByLayers("rewards", "pipeline", "tests")
          .whereLayer("policy")
          .mayOnlyBeAccessedByLayers("pipeline", "tests")
          .whereLayer("kernels")
          .mayOnlyBeAccessedByLayers("policy", "pipeline", "tests");

  @ArchTest
  static final ArchRule onlyTheSparkPackageKnowsSpark =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.hone.pipeline.spark..", "dev.hone.pipeline.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..");

  @ArchTest
  static final ArchRule onlyTheDjlBackendKnowsItsArrays =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.hone.policy.djl..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl.ndarray..", "ai.djl.pytorch..", "ai.djl.training..");

  @ArchTest
  static final ArchRule theModelIsWrittenOverOperationsAlone =
      noClasses()
          .that()
          .resideInAnyPackage("dev.hone.policy.model..", "dev.hone.policy.loss..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.hone.policy.djl..", "dev.hone.policy.generation..");

  @ArchTest
  static final ArchRule packagesOfThePolicyHaveNoCycles =
      slices().matching("dev.hone.policy.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packagesOfThePipelineHaveNoCycles =
      slices().matching("dev.hone.pipeline.(*)..").should().beFreeOfCycles();
}
